"""No state secret (国家秘密) comes in: what is marked 秘密, 机密 or 绝密 belongs to another place (保守国家秘密法).

What it detects: a classification (密级) in its column, with whatever term stands behind it; a mark with a star
(机密★10年; GB/T 9704-2012, 7.2.2) in any other column or in a name.
Why: a system that is no classified one must not hold such material, not even in its workspace.
Example: the column 密级 says 秘密★5年.
Such a mark in brackets, without a star, may be a word of the title: it is told, and holds nothing back.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import Row, of_row
from pipeline.checks.views import DeliveryView
from pipeline.delivery.expected import decoded
from pipeline.delivery.listing import display
from pipeline.delivery.page_order import Page
from pipeline.domain.findings import Finding
from pipeline.domain.messages import message, word
from pipeline.domain.personal import mask
from pipeline.domain.records import Description
from pipeline.domain.verdicts import CheckResult, Effect
from pipeline.profiles import DeliveryRules

EFFECTS = {"classified_material": Effect.FAILS, "classification_mentioned": Effect.NOTED}

_OF_CLASSIFICATION = ("密级", "保密", "涉密")
"""What a header says that is about nothing else, whether the profile maps it or not."""

_STARS = "★☆✩✪✭⭐"
_A_STAR = re.compile(f"[{_STARS}]")
_A_BRACKET = re.compile(r"[(（\[［【〔]")
"""Looked for first: few cells have one, and no other need be brought into its plain form."""


def faults(row: Row) -> Iterator[Finding]:
    """One `classified_material` for a row, else one `classification_mentioned`."""
    marked = _in_its_column(row) or _starred(row)
    if marked:
        header, cell = marked
        yield of_row("classified_material", row.description, field=header, value=mask(cell))
        return
    for header, cell in row.description.cells:
        if _A_BRACKET.search(cell) and _bracketed(row.rules).search(_plain(cell)):
            yield of_row("classification_mentioned", row.description, field=header, value=mask(cell))
            return


def path_faults(pages: Sequence[Page], description: Description, rules: DeliveryRules) -> Iterator[Finding]:
    """One `classified_material` for a record, with the first name that bears a mark."""
    for page in pages:
        # A name in ASCII has no star: most names are, and nothing need be decoded.
        if not page.entry.path.isascii() and _has_star(decoded(page.entry.path), rules):
            shown = display(page.entry.path)
            yield of_row("classified_material", description, field=word("field", "path"), value=shown)
            return


def is_classified(text: str, rules: DeliveryRules) -> bool:
    """Whether a cell of the column 密级 names a secret. A word in Latin letters must be the whole cell; others may
    stand among what else is there (机密★10年, 秘密级, （绝密）)."""
    plain = _plain(text)
    for harmless in rules.not_classified:
        plain = plain.replace(_plain(harmless), "")
    return any(plain.strip("★☆") == w if w.isascii() else w in plain for w in map(_plain, rules.classified))


def _in_its_column(row: Row) -> tuple[object, str] | None:
    typed = row.typed.value("security")
    if typed and is_classified(typed, row.rules):
        return word("field", "security"), typed
    for header, cell in row.description.cells:
        if any(each in header for each in _OF_CLASSIFICATION) and is_classified(cell, row.rules):
            return header, cell
    return None


def _starred(row: Row) -> tuple[object, str] | None:
    return next(((header, cell) for header, cell in row.description.cells if _has_star(cell, row.rules)), None)


def _has_star(text: str, rules: DeliveryRules) -> bool:
    if not _A_STAR.search(text):
        return False
    return bool(re.search(f"(?:{_words(rules.classified)})级?[{_STARS}]", _plain(text)))


def _plain(text: str) -> str:
    """Without blanks, width and what cannot be seen: 机 密★１０年 is 机密★10年."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")


@cache
def _words(classified: tuple[str, ...]) -> str:
    words = [_plain(each) for each in classified]
    return "|".join(re.escape(each) for each in words if not each.isascii() and each not in _STARS) or "(?!)"


def _bracketed(rules: DeliveryRules) -> re.Pattern[str]:
    return re.compile(rf"[(\[【〔](?:{_words(rules.classified)})级?[)\]】〕]")


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all rows and names."""
    looked_at = message("rows_and_files_looked_at", rows=delivery.rows, files=delivery.files)
    return delivery.judged(EFFECTS, looked_at=looked_at)


CHECK = Check(code="not_classified", view=DeliveryView, judge=judge, parameters=NoParameters)
