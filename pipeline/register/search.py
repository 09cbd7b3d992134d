"""What a search compares: keys made of a package's index and of its record's description.

Case, width, Unicode form and variant characters (异体字, 繁简字) do not matter, nor ASCII dots in a code.
"""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.domain.identifiers import loose_code
from pipeline.domain.messages import Invalid
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import Description
from pipeline.domain.retention import Permanent, Years, parse_retention, retention_code
from pipeline.ports import Sought
from pipeline.register.blobs import to_json
from pipeline.register.rules import search_key, wanted_key
from pipeline.vocabularies import variants

_LIKE_A_CODE = re.compile(r"[a-z0-9].*[a-z0-9]")
_YEAR = re.compile(r"(?:19|20)\d{2}")


def folded(*texts: str) -> str:
    """`search_key` with variants made one. UsageError for what is no text."""
    return search_key(*texts).translate(variants())


def described_row(index: PackageIndex, description: Description | None) -> dict[str, Any]:
    """The row of `DESCRIPTIONS` for a version; without description, of what its index says."""
    cells = [] if description is None else [each.value for each in description.elements]
    extra = [] if description is None else [cell for _, cell in description.extra]
    creator = "" if description is None else description.value("creator")
    year = "" if description is None else description.value("year")
    loose = loose_code(index.archival_code)
    return {
        "package_id": index.package_id,
        "version": index.version,
        "code_key": loose,
        "year": year if _YEAR.fullmatch(year) else year_of(index.archival_code, index.date),
        "period": period_of(index.retention),
        "creator_key": folded(creator),
        "search_key": folded(index.archival_code, loose, index.title, *cells, *extra),
        "description_json": "" if description is None else to_json(description),
    }


def year_of(code: str, date: str) -> str:
    """年度: the one that the code names, else that of the date; empty where neither does."""
    in_code = [part for part in re.split("[-·]", code)[1:-1] if _YEAR.fullmatch(part)]
    if len(in_code) == 1:
        return in_code[0]
    in_date = _YEAR.match(date.lstrip("["))
    return in_date.group() if in_date else ""


def period_of(text: str) -> str:
    """保管期限 as a code (`Y`, `D30`), however it is written; as it stands where it is none."""
    try:
        period = parse_retention(text)
    except Invalid:
        return text
    return retention_code(period) if isinstance(period, Permanent | Years) else text


def words_of(sought: Sought) -> tuple[tuple[str, ...], ...]:
    """The words, all of which must occur; each in the forms one of which is enough. UsageError where they are no text
    or too long."""
    wanted_key(sought.words)
    return tuple(tuple(_forms(folded(word))) for word in sought.words.split())


def _forms(word: str) -> Iterator[str]:
    """The word, and as a code would be typed."""
    yield word
    loose = loose_code(word)
    if loose != word and _LIKE_A_CODE.search(word):
        yield loose


def is_found(row: dict[str, Any], index: PackageIndex, sought: Sought) -> bool:
    """Whether a described version is meant."""
    return (
        all(any(form in row["search_key"] for form in forms) for forms in words_of(sought))
        and sought.category in ("", index.category)
        and sought.year in ("", row["year"])
        and (not sought.period or period_of(sought.period) == row["period"])
        and folded(sought.creator) in row["creator_key"]
    )
