"""`lantai get`: a whole package or one of its files, verified on the way out."""

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import SystemClock, open_archive
from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console
from pipeline.cli.lookup import Version, find_index
from pipeline.domain.messages import message, told_by_system
from pipeline.domain.names import OriginalName
from pipeline.domain.packages import Member, PackageIndex
from pipeline.errors import StorageError, UsageError
from pipeline.routes.access import get_file, get_package
from pipeline.stores.right_store import refuse_lost


def command(
    package: Annotated[str, Parameter(help="包号或档号 · package identifier or archival code")],
    file: Annotated[str, Parameter(help="包内路径或原文件名 · path in the package, or original file name")] = "",
    /,
    *,
    out: Annotated[Path, Parameter(name=("--out", "-o"), help="放到哪个文件夹 · the folder to put it in")],
    originals: Annotated[
        bool,
        Parameter(help="只取原件，用原来的文件名 · the originals alone, under the names they came with", negative=()),
    ] = False,
    version: Version = None,
    common: Common = NO_OPTIONS,
) -> int:
    """取出一个包或一个文件 · Take a package, or one file of it, out of storage."""
    console = Console(common)

    def warn(error: StorageError) -> None:
        console.warn(message("copy_not_to_be_had", store=error.store, reason=error.message))

    with open_archive(common.home, reading=True) as archive:
        refuse_lost(archive.register, archive.register, archive.stores)
        if archive.register.read_only:
            console.warn(message("nothing_noted"))
        index = find_index(archive.register, package, version)
        _make(out)
        if file:
            member = find_member(index, file)
            made = get_file(
                index, member, target=target_of(member, out), stores=archive.stores, register=archive.register,
                clock=SystemClock(), warn=warn,
            )  # fmt: skip
        else:
            made = get_package(
                index, folder=out, originals=originals, stores=archive.stores, register=archive.register,
                clock=SystemClock(), progress=BarProgress(), warn=warn,
            )  # fmt: skip
    shown = "/" * made.is_absolute() + OriginalName.of(os.fsencode(made).lstrip(b"/")).display
    console.say(f"已取出并核验：{shown}", f"taken out and verified: {shown}")
    if console.json:
        console.emit({"path_hex": os.fsencode(made).hex(), "package": index.package_id, "version": index.version})
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(message("folder_unusable", folder=folder, reason=told_by_system(error))) from error


def target_of(member: Member, out: Path) -> Path:
    """Where a file goes: an original under the last part of the very name it came with."""
    if not member.original_name_hex:
        return out / member.path.rsplit("/", 1)[-1]
    return out / os.fsdecode(bytes.fromhex(member.original_name_hex).rsplit(b"/", 1)[-1])


def find_member(index: PackageIndex, typed: str) -> Member:
    """The member meant: its path in the package, the original name in full, or the end of either if only one fits."""
    raw = os.fsencode(typed)
    exact = [m for m in index.members if m.path == typed or (m.original_name_hex and m.original_name_hex == raw.hex())]
    ends = [
        m
        for m in index.members
        if m.path.endswith(f"/{typed}") or bytes.fromhex(m.original_name_hex).endswith(b"/" + raw)
    ]
    fitting = exact or ends
    if len(fitting) == 1:
        return fitting[0]
    known = "\n  ".join(m.path for m in (fitting or index.members)[:30])
    shown = OriginalName.of(raw).display if raw.strip(b"/") == raw else typed
    raise UsageError(message("files_alike" if fitting else "no_such_file", typed=shown, known=known))
