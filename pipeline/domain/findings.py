"""Findings (检测发现): what is wrong or odd in the material, without a sentence.

The sentences, Chinese and English, are in `profiles/texts/`; the severity of each code is in the profile.
"""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.messages import Fact, as_fact


class Severity(StrEnum):
    """What a finding does to its record."""

    ERROR = "error"
    """The record is held back until the material is mended."""
    QUESTION = "question"
    """The record waits for a person's decision."""
    WARNING = "warning"
    """Told and recorded; the record goes on."""
    INFO = "info"
    """Recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect or oddity of the material.

    `code` names the sentence; `subject` is the thing meant (a file's display name relative to the delivery, or
    an archival code); `record` is the package identifier it belongs to, empty for the delivery as a whole;
    `row` is the catalogue's row as its reader sees it (1 is the header); `facts` fill the sentence's places.
    """

    code: str
    subject: str
    record: str = ""
    row: int | None = None
    facts: tuple[tuple[str, Fact], ...] = ()

    def fact(self, name: str) -> Fact:
        """One fact by name; an empty string where it is not given."""
        return dict(self.facts).get(name, "")


def finding(code: str, subject: str, *, record: str = "", row: int | None = None, **facts: object) -> Finding:
    """Short form: facts as keywords, each a message or made text."""
    return Finding(
        code=code,
        subject=subject,
        record=record,
        row=row,
        facts=tuple((k, as_fact(v)) for k, v in sorted(facts.items())),
    )
