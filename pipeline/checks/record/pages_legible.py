"""Pages can be read: none is blank, none as small as a stamp (DA/T 31-2017, 7.3 and 9).

What it detects: a page of one tone all over, and a page of so few pixels that nothing on it can be read.
Why: such a page was fed wrongly, or it is the preview of the one that was meant.
Example: a page of 80 by 110 pixels.
A back side may well be blank: both are told, and hold nothing back. Photographs are not judged.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.checks.check import Check
from pipeline.checks.delivery_rows import of_row
from pipeline.checks.views import RecordView
from pipeline.domain import layout
from pipeline.domain.findings import Finding
from pipeline.domain.formats import BLANK, IMAGE
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.records import IdentifiedFile
from pipeline.domain.verdicts import CheckResult, NotApplicable, Passed

_SHOWN = 5
_SIDES = ("ImageWidth", "ImageHeight")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegibleParameters:
    """`least_pixels` along the longer side of a page; `photographs` are categories (门类) whose images are none."""

    least_pixels: int = 200
    photographs: str = "ZP"


def judge(record: RecordView, parameters: LegibleParameters) -> CheckResult:
    """`page_blank` and `page_very_small`, once for the record each."""
    images = [file for file in record.files if file.format.kind == IMAGE]
    if not images or record.description.category in parameters.photographs.split("/"):
        return NotApplicable(why=message("no_page_images"))
    return Passed(
        looked_at=message("files_looked_at", files=len(images)), notes=tuple(_notes(record, images, parameters))
    )


def _notes(record: RecordView, images: list[IdentifiedFile], parameters: LegibleParameters) -> Iterator[Finding]:
    blank = [file for file in images if BLANK in file.facts]
    if blank:
        yield of_row("page_blank", record.description, names=_names(blank), count=len(blank))
    small = [file for file in images if 0 < _longer_side(file) < parameters.least_pixels]
    if small:
        yield of_row(
            "page_very_small", record.description, names=_names(small), count=len(small), pixels=_longer_side(small[0])
        )


def _longer_side(file: IdentifiedFile) -> int:
    """Pixels, the largest of the pictures in the file; 0 where no tool told them."""
    told = [value for _, key, value in file.facts if key.rpartition(":")[2] in _SIDES and value.isdecimal()]
    return max(map(int, told), default=0)


def _names(files: list[IdentifiedFile]) -> str:
    shown = "、".join(mask(file.path.removeprefix(layout.ORIGINALS)) for file in files[:_SHOWN])
    return shown + ("…" if len(files) > _SHOWN else "")


CHECK = Check(code="pages_legible", view=RecordView, judge=judge, parameters=LegibleParameters)
