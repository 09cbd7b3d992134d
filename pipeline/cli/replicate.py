"""`lantai replicate`: what a store lacks, copied into it from one that holds it whole."""

import sys
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import SystemClock, open_archive
from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console, shown
from pipeline.cli.lookup import find_index
from pipeline.domain import layout
from pipeline.domain.messages import message
from pipeline.errors import ExitCode, UsageError
from pipeline.routes.replicate import replicate
from pipeline.workspace import Workspace


def command(
    *packages: Annotated[str, Parameter(help="包号或档号 · package identifiers or archival codes")],
    all_: Annotated[bool, Parameter(name="--all", help="库中所有的包 · every package", negative=())] = False,
    common: Common = NO_OPTIONS,
) -> int:
    """把缺副本的存储补齐 · Copy what a store lacks into it, from one that holds it whole.

    有副本未能补存时退出码为 6。已有的文件不会被覆盖。
    Exits with 6 where a copy could not be made. Nothing that is there is overwritten.
    """
    console = Console(common)
    if bool(packages) == all_:
        raise UsageError(message("replicate_what"))
    with open_archive(common.home, run="replicate", arguments=sys.argv[1:]) as archive:
        register = archive.register
        found = [find_index(register, each) for each in packages]
        wanted = [(index.package_id, version) for index in found for version in register.versions(index.package_id)]
        done = replicate(
            None if all_ else wanted,
            stores=archive.stores,
            register=register,
            workspace=Workspace(archive.home.work),
            clock=SystemClock(),
            progress=BarProgress(),
        )
    if console.json:
        console.emit(done)
    for each in done:
        subject = f"{each.package_id} {layout.version_name(each.version)} → {each.store}"
        if each.error is None:
            console.say(f"{subject}：已补存", f"{subject}: copied")
        else:
            console.say(*(f"{subject}: {shown(each.error, language)}" for language in ("zh", "en")))
    made = sum(each.error is None for each in done)
    console.say(
        f"补存了 {made} 份副本，{len(done) - made} 份未能补存", f"copies made: {made}, not made: {len(done) - made}"
    )
    return ExitCode.DONE if made == len(done) else ExitCode.STORAGE
