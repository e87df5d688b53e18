"""Opening a file for what it is, whatever it is called."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from assay.rooms.decisions.terms import FileFormat

from .shapes import FileRefused, Limits

_REFUSED_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x7fELF", "ELF"),
    (b"SQLite format 3", "SQLite"),
)
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# A ratio means nothing before so much has been unpacked.
_RATIO_FROM_BYTES = 8 * 1024**2


class Unpacked(io.RawIOBase):
    """The bytes inside a gzip file, read once, within the limits."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._raw = path.open("rb")
        self._size = max(path.stat().st_size, 1)
        self._file = gzip.GzipFile(fileobj=self._raw)
        self._limits = limits
        self._given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        try:
            piece = self._file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise FileRefused("gzip_damaged", cause=str(error)[:200]) from error
        self._given += len(piece)
        if self._given > self._limits.unpacked_bytes:
            raise FileRefused("too_large_unpacked", bytes=self._limits.unpacked_bytes)
        if self._given > _RATIO_FROM_BYTES and self._given > self._limits.ratio * self._size:
            raise FileRefused("ratio_too_high", ratio=int(self._limits.ratio))
        return piece

    def tell(self) -> int:
        return self._raw.tell()


def open_file(path: Path, limits: Limits) -> tuple[FileFormat, BinaryIO, bytes]:
    """Return what kind of file it is, its (unpacked) bytes and the first of them.

    Raises:
        FileRefused: It is no kind of file that is read here, or too large.
    """
    if os.path.getsize(path) == 0:
        raise FileRefused("empty_file")
    stream: BinaryIO = path.open("rb")
    head = stream.read(4096)
    if head.startswith(b"\x1f\x8b"):
        stream.close()
        head = Unpacked(path, limits).read(4096)
        if head.startswith((b"\x1f\x8b", b"PK\x03\x04", b"PAR1")):
            raise FileRefused("nested_container")
        stream = Unpacked(path, limits)  # type: ignore[assignment]
    else:
        if os.path.getsize(path) > limits.unpacked_bytes:
            raise FileRefused("too_large_unpacked", bytes=limits.unpacked_bytes)
        stream.seek(0)
    return _kind_of(path, head), stream, head


def _kind_of(path: Path, head: bytes) -> FileFormat:
    if head.startswith(b"PAR1"):
        return FileFormat.PARQUET
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _workbook(path)
    for mark, name in _REFUSED_KINDS:
        if head.startswith(mark):
            raise FileRefused("wrong_kind_of_file", kind=name)
    if head.startswith(_UTF32) or head[:4].count(0) == 3:
        raise FileRefused("wrong_encoding", encoding="UTF-32")
    if head.startswith(_UTF16) or head[:200].count(0) > len(head[:200]) // 4:
        if not head.strip(b"\x00"):
            raise FileRefused("only_nul")
        raise FileRefused("wrong_encoding", encoding="UTF-16")
    return _text_kind(head)


def _text_kind(head: bytes) -> FileFormat:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"<", b"<!")):
        raise FileRefused("wrong_kind_of_file", kind="HTML/XML")
    if start.startswith(b"["):
        raise FileRefused("json_array")
    if start.startswith(b"{"):
        if not start.split(b"\n", 1)[0].strip(b" \r\t{"):
            raise FileRefused("json_over_lines")
        return FileFormat.JSONL
    return FileFormat.CSV


def _workbook(path: Path) -> FileFormat:
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused("zip_damaged") from error
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return FileFormat.XLSX
    raise FileRefused("zip_refused")
