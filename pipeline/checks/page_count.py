"""The pages inside a record's files are as many as its catalogue says (页数; DA/T 31-2017, 11.2).

What it detects: a scan that is missing inside a multi-page file, or a wrong number in the catalogue.
Why: links between catalogue and images must agree in number before the paper goes back.
Only records made of page images and PDFs are judged; of others nobody can tell pages, and none is claimed.
"""

from pipeline.domain.findings import Finding, finding
from pipeline.domain.formats import IMAGE, PDF
from pipeline.domain.records import Description, Identified, IdentifiedFile

_MANY_PAGES = {"image/tiff", "application/pdf"}


def page_count(description: Description, identified: Identified) -> tuple[Finding, ...]:
    """`page_count_differs_inside` where the numbers differ; nothing where they agree or cannot be compared."""
    paged = all(file.format.kind in {IMAGE, PDF} for file in identified.files)
    if description.page_count is None or not identified.files or not paged:
        return ()
    found = sum(_pages(file) for file in identified.files)
    if found == description.page_count:
        return ()
    return (
        finding(
            "page_count_differs_inside",
            description.archival_code,
            record=description.package_id,
            row=description.row,
            catalogue=description.page_count,
            found=found,
        ),
    )


def _pages(file: IdentifiedFile) -> int:
    """Other formats hold resolutions or thumbnails beside the one picture."""
    return file.pages if file.format.media_type in _MANY_PAGES else 1
