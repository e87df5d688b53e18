"""Writers wait in the kernel's queue rather than in SQLite's sleep-and-retry loop.

SQLite's busy handler sleeps between tries and wakes nobody in order, so one unlucky client can wait
for seconds. A file lock taken before BEGIN IMMEDIATE wakes the next waiter at once.
"""

import fcntl
import os
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    _lock_handle: int | None = None

    def _take_turn(self) -> None:
        name = str(self.settings_dict["NAME"])
        if self._lock_handle is not None or ":memory:" in name or "mode=memory" in name:
            return
        handle = os.open(name + ".turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        self._lock_handle = handle

    def _end_turn(self) -> None:
        if self._lock_handle is not None:
            os.close(self._lock_handle)
            self._lock_handle = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            # A failed commit (deferred constraint) is followed by a rollback, which ends the turn again.
            self._end_turn()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()
