"""`lantai backup`: a copy of the register elsewhere, for what no store can give back."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import SystemClock, keep_to_ourselves
from pipeline.cli.console import NO_OPTIONS, Common, Console
from pipeline.register.backup import back_up
from pipeline.settings import load_home


def command(
    target: Annotated[
        Path, Parameter(help="备份文件，或放备份的文件夹 · the copy's file, or a folder for copies named by time")
    ],
    /,
    *,
    keep: Annotated[int, Parameter(help="文件夹中保留几份 · how many stay in the folder")] = 10,
    common: Common = NO_OPTIONS,
) -> int:
    """备份登记库 · Copy the register to another place, whole and checked; others may be at work meanwhile.

    还原时：登记库丢失后运行 lantai rebuild --from 备份文件。
    To use it where the register was lost: lantai rebuild --from FILE.
    """
    console = Console(common)
    home = load_home(common.home)
    keep_to_ourselves(home)
    at = f"{SystemClock().now():%Y%m%dT%H%M%SZ}"
    made = back_up(home.register, target, at=at, keep=keep)
    if console.json:
        console.emit({"path": str(made), "bytes": made.stat().st_size})
    console.say(f"登记库已备份到 {made}", f"the register was copied to {made}")
    return 0
