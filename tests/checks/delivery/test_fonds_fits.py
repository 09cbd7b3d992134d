"""Another fonds than the one that is kept here: told once for each."""

from pipeline.checks.delivery.fonds_fits import faults
from pipeline.domain.records import Description, PlannedRecord


def record(fonds: str, row: int) -> PlannedRecord:
    about = Description(
        archival_code=f"{fonds}-{row}", package_id=f"{fonds}-{row}", fonds=fonds, category="WS", row=row
    )
    return PlannedRecord(description=about, files=())


def test_told_once_for_each_other_fonds() -> None:
    records = [record(fonds, row) for row, fonds in enumerate(["K021", "K012", "K012", "", "K099"], 2)]
    told = [(f.subject, f.fact("count"), f.fact("first_row")) for f in faults(records, fonds="K021")]
    assert told == [("K012", "2", "3"), ("K099", "1", "6")]
    assert list(faults(records, fonds="")) == [], "the archives has set none"
