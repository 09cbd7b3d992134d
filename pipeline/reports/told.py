"""What a report tells of a delivery: the values that all its forms share."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipeline.domain.findings import Finding, Severity
from pipeline.domain.messages import Fact, Message, word
from pipeline.domain.outcomes import Outcome
from pipeline.domain.personal import mask
from pipeline.texts import BOTH, Language, all_texts

_COLUMN_OF = {
    "date_invalid": "date",
    "retention_invalid": "retention",
    "retention_unclear": "retention",
    "page_count_differs": "page_count",
    "page_count_differs_inside": "page_count",
    "page_gap": "page_count",
    "page_doubled": "page_count",
    "archive_instead_of_pages": "page_count",
    "named_file_missing": "files",
    "file_named_twice": "files",
    "unsafe_path": "files",
    "classified_material": "security",
    "fonds_missing": "fonds",
}
"""By finding: the column of the catalogue that it is about; where a finding names its column itself, that one; else the
archival code's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A delivery as its report tells it.

    `name` is the batch, `summary` how much there is and how it ended, `made` when, by which program and rules;
    `checked` what was looked at, None where nothing can be claimed. `general` belongs to no record;
    `outcomes` gives all records in the catalogue's order, as often as it is asked. `lang` is `both`, `zh` or `en`.
    """

    name: str
    summary: Message
    made: Message
    checked: Message | None
    general: tuple[Finding, ...]
    ignored: tuple[str, ...]
    outcomes: Callable[[], Iterable[Outcome]]
    severity: Callable[[str], Severity]
    lang: str

    @property
    def languages(self) -> tuple[Language, ...]:
        """Those asked for, Chinese first."""
        return tuple(each for each in BOTH if self.lang in {each, "both"})

    def said(self, message: Message) -> str:
        """A message in the languages asked for."""
        return " · ".join(dict.fromkeys(all_texts().say(message, each) for each in self.languages))

    def label(self, name: str) -> str:
        """A word of the report."""
        return self.said(word("Report", name))

    def sentences(self, finding: Finding) -> tuple[str, ...]:
        """What is wrong, in each language."""
        return tuple(all_texts().sentence(finding, each) for each in self.languages)

    def remedies(self, finding: Finding) -> tuple[str, ...]:
        """What to do, in each language; nothing where nothing need be done."""
        return tuple(said for each in self.languages if (said := all_texts().remedy(finding, each)))

    def findings(self) -> Iterator[tuple[Finding, str]]:
        """Every finding with the archival code it is about, the delivery's own first; notes too."""
        for finding in self.general:
            yield finding, ""
        for outcome in self.outcomes():
            for finding in outcome.findings:
                yield finding, mask(outcome.archival_code)


def column_of(finding: Finding) -> tuple[str, str]:
    """Our field and the header that a finding is about, as far as it says so."""
    field, header = finding.fact("field"), finding.fact("header")
    named = _plain(field.fact("value")) if isinstance(field, Message) else ""
    return _COLUMN_OF.get(finding.code, named or "archival_code"), _plain(header)


def _plain(fact: Fact) -> str:
    return fact if isinstance(fact, str) else ""
