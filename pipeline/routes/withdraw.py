"""Withdrawal (撤回): what waits in a delivery is taken out by a person, with a reason; what is stored stays."""

from contextlib import nullcontext
from pathlib import Path

from pipeline.domain.identifiers import loose_code, normalise_code
from pipeline.domain.messages import message
from pipeline.errors import UsageError
from pipeline.ports import Clock, HeldRecord, Ledger, Register
from pipeline.routes.deliveries import Standing, find_delivery, no_such_delivery, standings, waiting_in
from pipeline.workspace import Workspace


def withdraw(
    what: str,
    *,
    delivery: str = "",
    by: str,
    reason: str,
    register: Register,
    ledger: Ledger,
    workspace: Workspace,
    clock: Clock,
) -> tuple[HeldRecord, ...]:
    """Withdraws all that waits in the delivery `what`, or the record `what` (an archival code), in `delivery` where it
    waits in several; what was withdrawn. The workspace of records that wait nowhere else is freed.

    UsageError where no reason is given, nothing of that name waits, or several are meant; Busy where the delivery is
    being taken in.
    """
    if not reason.strip():
        raise UsageError(message("withdraw_needs_reason"))
    known = standings(ledger, register)
    taken = _meant(what, delivery, known, register)
    # One delivery: a run that is at it would let the same wait again at once.
    with workspace.delivery(Path(taken[0].folder)) if taken[0].folder else nullcontext():
        register.withdraw(taken, by=by, at=clock.now().isoformat(), reason=reason.strip())
        elsewhere = {held.package_id for held in register.held()}
        for package_id in {held.package_id for held in taken} - elsewhere - {""}:
            workspace.discard(package_id)
    return taken


def _meant(what: str, delivery: str, known: tuple[Standing, ...], register: Register) -> tuple[HeldRecord, ...]:
    whole = None if delivery else find_delivery(what, known)
    if whole is not None:
        taken = waiting_in(whole, register)
        if not taken:
            raise UsageError(message("nothing_waits_in", delivery=whole.delivery.name))
        return taken
    where = find_delivery(delivery, known) if delivery else None
    if delivery and where is None:
        raise no_such_delivery(delivery, known)
    held = tuple(register.held() if where is None else waiting_in(where, register))
    asked, near = normalise_code(what), loose_code(what)
    exact = tuple(each for each in held if each.package_id and asked in {each.package_id, each.archival_code})
    taken = exact or tuple(each for each in held if each.package_id and near == loose_code(each.archival_code))
    if not taken:
        raise UsageError(message("stored_not_waiting" if register.versions(asked) else "nothing_waits_as", typed=what))
    if len({held.delivery_id for held in taken}) > 1:
        told = "; ".join(f"{held.delivery_id} {held.delivery}" for held in taken)
        raise UsageError(message("waits_in_several", typed=what, known=told))
    return taken
