"""Files as they came, kept under their fingerprint, and the places where work is done on them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from .terms import LogKind

_PIECE = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that was kept."""

    path: Path
    sha256: str
    size: int


def keep(source: Path) -> StoredFile:
    """Copy a file to where uploads are kept, under its fingerprint; the same file is kept once."""
    with source.open("rb") as read:
        return keep_pieces(iter(lambda: read.read(_PIECE), b""))


def keep_pieces(pieces: Iterable[bytes]) -> StoredFile:
    """Keep a file that comes piece by piece."""
    digest = hashlib.sha256()
    waiting = waiting_file()
    with waiting.open("wb") as written:
        for piece in pieces:
            digest.update(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    return settle(waiting, digest.hexdigest())


def settle(waiting: Path, sha256: str) -> StoredFile:
    """Move a file that was just written under its fingerprint."""
    place = Path(settings.ASSAY_UPLOADS) / sha256[:2] / sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    size = waiting.stat().st_size
    os.replace(waiting, place)
    return StoredFile(path=place, sha256=sha256, size=size)


def waiting_file() -> Path:
    """Return a new place for an upload that is still arriving."""
    folder = Path(settings.ASSAY_UPLOADS) / "arriving"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / uuid.uuid4().hex


@contextmanager
def workplace(name: str) -> Iterator[Path]:
    """Give an empty folder on the log's own file system, and clear it away afterwards."""
    folder = Path(settings.ASSAY_DATA) / "work" / f"{name}-{uuid.uuid4().hex[:12]}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def log_folder(log_kind: LogKind) -> Path:
    """Return where the parts of a log lie."""
    folder = Path(settings.ASSAY_DATA) / str(log_kind)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def relative(path: Path) -> str:
    """Return a path as the database keeps it: below the data folder, so that the folder can be moved."""
    return str(path.relative_to(settings.ASSAY_DATA))


def absolute(path: str) -> Path:
    """Return where a path kept in the database is."""
    return Path(settings.ASSAY_DATA) / path


@contextmanager
def merging(log_kind: LogKind, *, wait: Callable[[], None]) -> Iterator[None]:
    """Let one import at a time change a log: two that did not see each other could keep one key twice.

    A lock of the operating system beside the files: it ends with its process, however that ends.
    """
    path = log_folder(log_kind) / ".merging"
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                wait()
        yield


def sweep(*, keep: set[Path], before: float) -> int:
    """Delete parts that are not to be kept, and the folders and uploads of work that was cut off."""
    root = Path(settings.ASSAY_DATA)
    parts = [path for kind in LogKind for path in (root / kind).glob("*.parquet") if path not in keep]
    arriving = list((Path(settings.ASSAY_UPLOADS) / "arriving").glob("*"))
    old = [path for path in [*parts, *arriving] if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    left = [folder for folder in (root / "work").glob("*") if folder.stat().st_mtime < before]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old) + len(left)
