"""`lantai withdraw`: what waits is taken out, with a reason that is kept."""

import getpass
import sys
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import SystemClock, open_archive
from pipeline.cli.console import NO_OPTIONS, Common, Console
from pipeline.domain.messages import message
from pipeline.routes.withdraw import withdraw
from pipeline.workspace import Workspace


def command(
    what: Annotated[
        str,
        Parameter(help="批次的编号、名称或文件夹，或一件的档号 · a delivery's identifier, name or folder, or a code"),
    ],
    /,
    *,
    reason: Annotated[str, Parameter(help="撤回的原因，记入台账 · why; it is kept")] = "",
    delivery: Annotated[
        str, Parameter(help="该件在几个批次中待处理时，指明批次 · which delivery, where the record waits in several")
    ] = "",
    common: Common = NO_OPTIONS,
) -> int:
    """撤回待处理的档案：不再列为待处理，原因记入台账；已入库的包不受影响。

    What waits in a delivery, or one record, waits no more; the reason is kept. Stored packages are not touched.
    再次移交的，重新检查。 What is delivered again is looked at anew.
    """
    console = Console(common)
    with open_archive(common.home, run="withdraw", arguments=sys.argv[1:]) as archive:
        taken = withdraw(
            what,
            delivery=delivery,
            by=getpass.getuser(),
            reason=reason,
            register=archive.register,
            ledger=archive.register,
            workspace=Workspace(archive.home.work),
            clock=SystemClock(),
        )
    if console.json:
        console.emit({"withdrawn": taken, "reason": reason.strip(), "exit_code": 0})
        return 0
    for held in taken:
        console.say(*[f"{held.delivery}  {held.archival_code}  {held.title}".rstrip()] * 2)
    console.tell(message("withdrew", count=len(taken)))
    return 0
