"""A copy of the register elsewhere, made while others use it: consistent, whole, and on the medium in the end."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from pipeline.domain.messages import message, told_by_program, told_by_system
from pipeline.errors import RegisterError, UsageError
from pipeline.register.engine import translated

PATTERN = "register-*.db"
"""What the copies in a folder are called, by time: `register-20260301T120000Z.db`."""


def back_up(register: Path, target: Path, *, at: str, keep: int) -> Path:
    """The copy's file: `target`, or one named by the time `at` in it where it is a folder, of which the newest `keep`
    stay. Raises UsageError where the file is there already or cannot be written, RegisterError where the register
    cannot be read or the copy is not sound."""
    if not register.is_file():
        raise RegisterError(message("register_no_file", path=register))
    into_folder = target.is_dir()
    file = target / PATTERN.replace("*", at) if into_folder else target
    if file.exists():
        raise UsageError(message("backup_there_already", path=file))
    partial = file.with_name(f"{file.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _copy(register, partial)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(file)
    except OSError as error:
        raise UsageError(message("backup_not_made", path=file, reason=told_by_system(error))) from error
    finally:
        partial.unlink(missing_ok=True)
    if into_folder:
        for old in sorted(target.glob(PATTERN))[: -max(keep, 1)]:
            old.unlink(missing_ok=True)
    return file


def _copy(register: Path, target: Path) -> None:
    source = f"file:{quote(os.fsencode(register))}?mode=ro"
    with (
        translated(str(register)),
        closing(sqlite3.connect(source, uri=True)) as opened,
        closing(sqlite3.connect(target)) as copy,
    ):
        opened.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        said = [line for (line,) in copy.execute("PRAGMA integrity_check(1)")]
    if said != ["ok"]:
        reason = told_by_program(RuntimeError(said[0]))
        raise RegisterError(message("register_damaged", path=register, reason=reason))
