"""What reports are made of, in few words."""

from pipeline.domain.findings import Finding
from pipeline.domain.messages import message
from pipeline.domain.outcomes import Outcome, State
from pipeline.profiles import load_profile
from pipeline.reports.told import Told


def ended(row: int, *findings: Finding) -> Outcome:
    """A record of that row."""
    state = State.HELD if findings else State.CHECKED
    return Outcome(
        package_id=f"K-{row}", archival_code=f"K-{row}", title="题名", row=row, state=state, findings=findings
    )


def told(
    *outcomes: Outcome, general: tuple[Finding, ...] = (), lang: str = "both", ignored: tuple[str, ...] = ()
) -> Told:
    """A delivery of these records."""
    return Told(
        name="移交<1>",
        summary=message("report_counts", catalogue="c.csv", records=len(outcomes), files=0, ends=message("no_records")),
        made=message("report_made", at="2026-11-28 10:00", program="1", profile="county"),
        checked=None,
        general=general,
        ignored=ignored,
        outcomes=lambda: iter(outcomes),
        severity=load_profile("county").severity,
        lang=lang,
    )
