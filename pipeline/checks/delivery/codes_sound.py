"""Every archival code (档号) can be one, names a fonds, and stands in one row (DA/T 13-2022).

What it detects: codes that no system can keep, codes in two rows, and rows of which nobody knows the fonds (全宗).
Why: the code is what ties row, files and package together; which of two rows with one code is meant, nobody can tell.
Example: a code was filled down over thirty rows.
A code that was typed in another form than it is kept in is noted.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import Row, of_row
from pipeline.checks.views import DeliveryView
from pipeline.delivery.drafts import Draft
from pipeline.delivery.layout import loose_name
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {
    "code_invalid": Effect.FAILS,
    "fonds_missing": Effect.FAILS,
    "doubled_archival_code": Effect.FAILS,
    "code_normalised": Effect.NOTED,
}

_ROWS_SHOWN = 20


def faults(row: Row) -> Iterator[Finding]:
    """`code_normalised` where a code is kept in another form than it was typed in."""
    code, typed = row.description.archival_code, row.description.as_typed_code
    if typed != code:
        yield of_row("code_normalised", row.description, typed=mask(typed), normal=mask(code))


def fonds_fault(row: Row) -> Iterator[Finding]:
    """`fonds_missing` where neither code, row nor profile names one."""
    if not row.description.fonds:
        yield of_row("fonds_missing", row.description)


def doubled(drafts: Sequence[Draft]) -> Iterator[tuple[Draft, Finding]]:
    """Drafts whose code stands in another row, too, compared as systems compare names; all of them are meant."""
    alike: dict[str, list[Draft]] = {}
    for draft in drafts:
        alike.setdefault(loose_name(draft.description.package_id), []).append(draft)
    for same in alike.values():
        if len(same) > 1:
            rows = _spoken([draft.description.row for draft in same])  # once: a code filled down makes thousands
            for draft in same:
                yield draft, finding("doubled_archival_code", mask(draft.description.archival_code), rows=rows)


def _spoken(rows: Sequence[int]) -> str:
    return "、".join(map(str, rows[:_ROWS_SHOWN])) + ("…" if len(rows) > _ROWS_SHOWN else "")


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all rows."""
    return delivery.judged(EFFECTS, looked_at=message("rows_looked_at", rows=delivery.rows))


CHECK = Check(code="codes_sound", view=DeliveryView, judge=judge, parameters=NoParameters)
