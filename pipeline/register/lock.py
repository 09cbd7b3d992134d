"""Who has a register open: any number of users, or one who puts a new file in its place.

SQLite cannot notice that its file was replaced under it and would go on writing into the old one; so whoever
has a register open holds this lock shared, and a rebuild takes it alone. It dies with the process.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import RegisterBusy, RegisterError


@contextmanager
def opened(path: Path, *, alone: bool = False) -> Iterator[None]:
    """Holds the lock of the register at `path`. Raises RegisterBusy where it is not to be had."""
    try:
        lock = path.with_name(path.name + ".lock").open("w")
    except OSError as error:
        raise RegisterError(
            "登记库无法打开，请检查文件夹是否存在、是否有权限 · "
            f"the register {path} cannot be opened ({error.strerror}): is its folder there, and yours?"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            zh = "登记库正被其他任务使用" if alone else "登记库正在重建"
            en = "other runs have the register open" if alone else "the register is being rebuilt"
            raise RegisterBusy(
                f"{zh}，请等其结束后再运行 · {en} ({path}): wait until that has ended, then run this again"
            ) from None
        yield
