"""What every test may use. Each test process has its own home, so that nothing touches a real one."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_HOME = Path(tempfile.mkdtemp(prefix="assay-test-"))
os.environ["ASSAY_HOME"] = str(_HOME)
os.environ.setdefault("ASSAY_SQLITE_SYNCHRONOUS", "OFF")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
os.environ.setdefault("ASSAY_TEST_SQLITE", str(_HOME / "test.sqlite3"))

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


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
