"""The pages inside a record's files are as many as its catalogue says (页数; DA/T 31-2017, 11.2).

What it detects: a scan that is missing inside a multi-page file, or a wrong number in the catalogue.
Why: links between catalogue and images must agree in number before the paper goes back.
Example: the catalogue says 6, the TIFF holds 5.
Only records made of page images and PDFs are judged; of others nobody can tell pages, and none is claimed.
"""

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import RecordView
from pipeline.delivery.page_order import double_sheets
from pipeline.domain.findings import finding
from pipeline.domain.formats import IMAGE, PDF
from pipeline.domain.messages import message
from pipeline.domain.records import IdentifiedFile
from pipeline.domain.verdicts import CheckResult, Failed, NotApplicable, Passed

_MANY_PAGES = {"image/tiff", "application/pdf"}


def judge(record: RecordView, _: NoParameters) -> CheckResult:
    """`page_count_differs_inside` where the numbers differ."""
    description = record.description
    if description.page_count is None:
        return NotApplicable(why=message("no_page_count_given"))
    if not record.files:
        return NotApplicable(why=message("no_files_identified"))
    if any(file.format.kind not in {IMAGE, PDF} for file in record.files):
        return NotApplicable(why=message("pages_not_countable"))
    found = sum(_pages(file) for file in record.files)
    double = sum(double_sheets([file.path for file in record.files]))
    if description.page_count in {found, found + double}:
        return Passed(looked_at=message("pages_counted", pages=found, files=len(record.files)))
    return Failed(
        evidence=(
            finding(
                "page_count_differs_inside",
                description.archival_code,
                record=description.package_id,
                row=description.row,
                catalogue=description.page_count,
                found=found,
            ),
        )
    )


def _pages(file: IdentifiedFile) -> int:
    """Other formats hold resolutions or thumbnails beside the one picture."""
    return file.pages if file.format.media_type in _MANY_PAGES else 1


CHECK = Check(code="page_count", view=RecordView, judge=judge, parameters=NoParameters)
