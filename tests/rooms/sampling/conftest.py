from __future__ import annotations

from pathlib import Path

import pytest

from assay.web import po

from .worlds import World, build_world


@pytest.fixture(scope="session", autouse=True)
def _spanish() -> None:
    """Make the catalogue, which is not kept in the repository."""
    po.compile_catalogue()


@pytest.fixture
def world(db: None, tmp_path: Path) -> World:
    return build_world(tmp_path)
