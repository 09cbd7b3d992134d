"""Who has a register open: any number of users, or one who puts a new file in its place.

SQLite cannot notice that its file was replaced under it and would go on writing into the old one; so whoever
has a register open holds this lock shared, and a rebuild takes it alone. It dies with the process.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.domain.messages import message, told_by_system
from pipeline.errors import RegisterBusy, RegisterError


@contextmanager
def opened(path: Path, *, alone: bool = False, may_write: bool = True) -> Iterator[None]:
    """Holds the lock of the register at `path`. Raises RegisterBusy where it is not to be had. Who may not write needs
    the lock file to be there."""
    try:
        lock = path.with_name(path.name + ".lock").open("w" if may_write else "r")
    except OSError as error:
        raise RegisterError(message("register_not_opened", path=path, reason=told_by_system(error))) from error
    with lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RegisterBusy(message("register_open" if alone else "register_being_rebuilt", path=path)) from None
        yield
