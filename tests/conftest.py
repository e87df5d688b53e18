"""What every test may use."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from django.utils.translation import trans_real

from assay.web import po

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest test, so that the others run beside it and not before it."""
    items.sort(key=lambda item: "test_kill_loop" not in item.nodeid)


@pytest.fixture(autouse=True)
def _fast_passwords(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _own_files(settings: object, tmp_path: Path) -> None:
    """Give each test its own decision log and uploads."""
    settings.ASSAY_DATA = tmp_path / "decisions"  # type: ignore[attr-defined]
    settings.ASSAY_UPLOADS = tmp_path / "uploads"  # type: ignore[attr-defined]


@pytest.fixture
def shared_data() -> Path:
    """The real judgements that may lie beside a checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs {SHARED_DATA}, which is not here")
    return SHARED_DATA


@pytest.fixture
def real_commits(transactional_db: None) -> Iterator[None]:
    """Commit for real, and empty the trail afterwards: its triggers refuse even the test's own clearing."""
    yield
    if connection.vendor != "sqlite":
        return
    triggers = import_module("assay.rooms.audit.migrations.0002_append_only").SQLITE
    with connection.cursor() as cursor:
        for name in ("audit_entry_no_update", "audit_entry_no_delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute("DELETE FROM audit_entry")
    connection.connection.executescript(triggers)


@pytest.fixture(scope="session")
def spanish() -> None:
    po.compile_catalogue()
    trans_real._translations.clear()
