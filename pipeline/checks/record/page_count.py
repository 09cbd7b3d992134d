"""The pages inside a record's files are as many as its catalogue says (页数; DA/T 31-2017, 11.2).

What it detects: a scan that is missing inside a multi-page file, or a wrong number in the catalogue.
Why: links between catalogue and images must agree in number before the paper goes back.
Example: the catalogue says 6, the TIFF holds 5.
The same pages in two forms (JPEG and a PDF of them) are told as such and counted form by form.
Only records made of page images and PDFs are judged; of others nobody can tell pages, and none is claimed.
"""

from collections.abc import Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import of_row
from pipeline.checks.views import RecordView
from pipeline.delivery.page_forms import forms_of
from pipeline.delivery.page_order import double_sheets
from pipeline.domain.findings import finding
from pipeline.domain.formats import IMAGE, PDF
from pipeline.domain.messages import Message, message
from pipeline.domain.records import IdentifiedFile
from pipeline.domain.verdicts import CheckResult, CouldNotTell, Failed, NotApplicable, Passed

_MANY_PAGES = {"image/tiff", "application/pdf"}


def judge(record: RecordView, _: NoParameters) -> CheckResult:
    """`page_count_differs_inside` where the numbers differ; `pages_in_two_forms`, or `forms_differ`."""
    description = record.description
    if description.page_count is None:
        return NotApplicable(why=message("no_page_count_given"))
    if not record.files:
        return NotApplicable(why=message("no_files_identified"))
    if any(file.format.kind not in {IMAGE, PDF} for file in record.files):
        return NotApplicable(why=message("pages_not_countable"))
    found = _counted(record.files)
    looked_at = message("pages_counted", pages=min(found), files=len(record.files))
    if description.page_count in found:
        return Passed(looked_at=looked_at)
    forms = _by_form(record.files)
    if description.page_count in forms.values():
        return _in_two_forms(record, forms, looked_at)
    return Failed(
        evidence=(
            finding(
                "page_count_differs_inside",
                description.archival_code,
                record=description.package_id,
                row=description.row,
                catalogue=description.page_count,
                found=min(found),
            ),
        )
    )


def _counted(files: Sequence[IdentifiedFile]) -> set[int]:
    """All pages; and as many as they are where names such as `001-002` stand for two."""
    found = sum(map(_pages, files))
    return {found, found + sum(double_sheets([file.path for file in files]))}


def _by_form(files: Sequence[IdentifiedFile]) -> dict[str, int]:
    """Pages of the record by the form they are in, where it was handed in in more than one: pictures and PDFs, or
    pictures of two formats whose names are the same."""
    named = forms_of((file.path.encode(), file) for file in files)
    if named:
        return {some[0].format.name: sum(map(_pages, some)) for some in named.values()}
    pictures = [file for file in files if file.format.kind == IMAGE]
    others = [file for file in files if file.format.kind == PDF]
    if not pictures or not others:
        return {}
    return {pictures[0].format.name: max(_counted(pictures)), others[0].format.name: sum(map(_pages, others))}


def _in_two_forms(record: RecordView, forms: dict[str, int], looked_at: Message) -> CheckResult:
    """An ordinary contract: pages and a PDF of them. Where the numbers differ, one of the two is not whole."""
    about = record.description
    told = "、".join(f"{form} {pages}" for form, pages in forms.items())
    if set(forms.values()) == {about.page_count}:
        known = any(found.code == "pages_in_two_forms" for found in record.found)
        notes = () if known else (of_row("pages_in_two_forms", about, forms=told),)
        return Passed(looked_at=looked_at, notes=notes)
    differ = of_row("forms_differ", about, forms=told, catalogue=about.page_count)
    return CouldNotTell(why=message("something_untold"), evidence=(differ,))


def _pages(file: IdentifiedFile) -> int:
    """Other formats hold resolutions or thumbnails beside the one picture."""
    return file.pages if file.format.media_type in _MANY_PAGES else 1


CHECK = Check(code="page_count", view=RecordView, judge=judge, parameters=NoParameters)
