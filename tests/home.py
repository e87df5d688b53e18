"""Loaded before the settings (`-p tests.home`): each test process keeps its things in a home of its own."""

import os
import shutil
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="assay-test-"))
os.environ["ASSAY_HOME"] = str(HOME)
os.environ["ASSAY_TEST_SQLITE"] = str(HOME / "test.sqlite3")
os.environ.setdefault("ASSAY_SQLITE_SYNCHRONOUS", "OFF")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)
