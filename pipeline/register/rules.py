"""The register's rules that do not depend on where it is kept, so that every register answers alike."""

import hashlib
import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

from pipeline import __version__
from pipeline.domain.copies import BAD, Audit
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.ledger import Decision, Question, Withdrawal
from pipeline.domain.messages import message
from pipeline.domain.packages import FixityReport, FixityResult, PackageIndex
from pipeline.errors import RegisterError, UsageError
from pipeline.ports import HeldRecord, PackageRow

LISTED_NAMES = tuple(
    name for name in PackageRow.__dataclass_fields__ if name not in {"copies", "last_audit", "last_result"}
)
"""The columns that a listing needs; the index is not among them."""

_AUDIT_OUTCOMES = {
    FixityResult.OK: Outcome.SUCCESS,
    FixityResult.COULD_NOT_TELL: Outcome.COULD_NOT_TELL,
    **dict.fromkeys(BAD, Outcome.FAILURE),
}


def listed(index: PackageIndex) -> dict[str, Any]:
    """What a listing shows of a version: the fields that index and `PackageRow` have in common."""
    return {name: getattr(index, name) for name in LISTED_NAMES}


def audit_of(report: FixityReport) -> Audit:
    """What is kept of a fixity check made by this program; the report itself is kept only where it is not OK."""
    return Audit(
        package_id=report.package_id,
        version=report.version,
        store=report.store,
        started_at=report.started_at,
        ended_at=report.ended_at,
        result=report.result,
        bytes_read=report.bytes_read,
        program=__version__,
    )


def fixity_event(audit: Audit) -> Event:
    """The event that the fixity check was."""
    return Event(
        kind=EventKind.FIXITY_CHECK,
        at=datetime.fromisoformat(audit.ended_at),
        agent=Agent(name="lantai", version=audit.program),
        outcome=_AUDIT_OUTCOMES[audit.result],
        objects=(audit.package_id,),
        detail=f"store {audit.store}: {audit.result.value}, {audit.bytes_read} bytes read",
    )


def event_digest(event: Event) -> str:
    """32 hexadecimal digits over all that an event says: equal digests, equal events. Over named fields, so that one
    added to events later leaves the digests of earlier ones as they are."""
    at = event.at.astimezone(UTC).isoformat()
    told = (event.kind, at, event.outcome, event.objects, event.sources, event.detail)
    agent = (event.agent.name, event.agent.version, event.agent.kind)
    return hashlib.sha256(json.dumps([*told, *agent], ensure_ascii=False).encode()).hexdigest()[:32]


def same_fault(one: FixityReport, other: FixityReport) -> bool:
    """Whether two reports of one copy say the same."""
    return one.result is other.result and one.faults == other.faults


def refuse_other(stored: PackageIndex, index: PackageIndex) -> None:
    """Raises RegisterError where a version is registered already as something else."""
    if stored == index:
        return
    alike = stored.content == index.content
    raise RegisterError(
        message(
            "registered_otherwise",
            package=index.package_id,
            version=index.version,
            what=message("same_content_packed_anew" if alike else "other_content"),
            stored=stored.packaged_at,
            now=index.packaged_at,
        )
    )


def not_registered(index: PackageIndex) -> RegisterError:
    """An act on a version that the register does not know."""
    return RegisterError(message("act_on_unregistered", package=index.package_id, version=index.version))


def unknown_copy(report: FixityReport) -> RegisterError:
    """An audit of a copy that the register does not know."""
    return RegisterError(
        message(
            "audit_of_unregistered_copy",
            package=report.package_id,
            version=report.version,
            store=report.store,
            result=report.result.value,
        )
    )


def no_such_run(run: int) -> RegisterError:
    """Something was to be noted of a run that the register does not know."""
    return RegisterError(message("no_such_run", run=run))


def no_such_question(question: str) -> RegisterError:
    """A decision of something that was never asked."""
    return RegisterError(message("no_such_question", question=question))


def check_answer(question: Question, decision: Decision) -> None:
    """Raises UsageError where the answer is none of the question's options."""
    if decision.answer not in question.options:
        options = ", ".join(question.options)
        raise UsageError(message("answer_is_no_option", answer=decision.answer, options=options))


def is_of_record(held: HeldRecord, index: PackageIndex) -> bool:
    """Whether what waits is the record that was stored: its code and title, the latter as a search would compare it.
    Under the same code another depositor may have handed in something else."""
    return held.package_id == index.package_id and search_key(held.title) == search_key(index.title)


def withdrawal_of(held: HeldRecord, *, by: str, at: str, reason: str) -> Withdrawal:
    """What is noted of it."""
    return Withdrawal(
        delivery=held.delivery_id,
        package_id=held.package_id,
        archival_code=held.archival_code,
        title=held.title,
        by=by,
        at=at,
        reason=reason,
    )


def search_key(*texts: str) -> str:
    """What is compared when searching: without regard to case, width and Unicode form.

    Raises UsageError for text that is not Unicode (bytes of another encoding on the command line).
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", "\n".join(texts)).casefold())
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(message("not_text", text=ascii(text)))
    return text


LONGEST_SEARCH = 1000
"""Characters; databases refuse longer patterns sooner or later, each elsewhere."""


def wanted_key(text: str) -> str:
    """`search_key` of what a person asks for. UsageError where it is too long."""
    if len(text) > LONGEST_SEARCH:
        raise UsageError(message("search_too_long", given=len(text), most=LONGEST_SEARCH))
    return search_key(text)
