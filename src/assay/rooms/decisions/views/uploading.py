"""Taking an upload piece by piece, so that its size is refused before it is read whole."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from assay.rooms.decisions import uploads
from assay.rooms.organisation.refusals import Refusal

# Room for the other fields of the form beside the file.
_FORM_BYTES = 1_048_576


class KeptUpload(UploadedFile):  # type: ignore[type-arg]
    """A file that already lies where uploads are kept."""

    def __init__(self, stored: uploads.StoredFile, name: str) -> None:
        super().__init__(BytesIO(), name, size=stored.size)
        self.stored = stored


class KeepingHandler(FileUploadHandler):
    """Writes what arrives to disk and its fingerprint along the way; stops at the limit."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.is_too_large = False
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._path = uploads.waiting_file()
        self._file = self._path.open("wb")
        self._digest, self._size = hashlib.sha256(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._file is not None
        self._size += len(raw_data)
        if self._size > settings.ASSAY_UPLOAD_LIMIT_BYTES:
            self.is_too_large = True
            self._discard()
            raise StopUpload(connection_reset=True)
        self._digest.update(raw_data)
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> KeptUpload | None:
        if self._file is None or self._path is None:
            return None
        self._file.close()
        stored = uploads.settle(self._path, self._digest.hexdigest())
        self._file = self._path = None
        return KeptUpload(stored, self.file_name or "")

    def upload_interrupted(self) -> None:
        self._discard()

    def _discard(self) -> None:
        if self._file is not None and self._path is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)
        self._file = self._path = None


def receive(request: HttpRequest) -> KeepingHandler:
    """Let the request's file be kept as it arrives; call it before anything reads the form.

    Raises:
        Refusal: The sender already says that it is too large.
    """
    try:
        announced = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        announced = 0
    if announced > settings.ASSAY_UPLOAD_LIMIT_BYTES + _FORM_BYTES:
        raise too_large()
    handler = KeepingHandler(request)
    request.upload_handlers = [handler]
    return handler


def too_large() -> Refusal:
    """Say that an upload is larger than may be."""
    return Refusal(
        "decisions.upload_too_large",
        _("The file is larger than {megabytes} MB. Compress it with gzip, or send it in parts; parts may overlap."),
        facts={"megabytes": settings.ASSAY_UPLOAD_LIMIT_BYTES // 1024**2},
        status=413,
    )
