"""The header row of a catalogue (表头): which column holds which of our fields.

A header is known by its own name (题名), by a synonym of the profile's table (文件题名), or by either without its notes
in brackets (题名（必填）). What only looks like a known one is named and not taken.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from pipeline.profiles import DeliveryRules

CODE = "archival_code"

_DROPPED = re.compile(r"[\s.·．・。*＊:：]+")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_NOTES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_LEAST_ALIKE = 0.5


def normalise_header(text: str) -> str:
    """Full-width letters, digits, parentheses and blanks made narrow; blanks, dots, colons and stars dropped.

    0.1.0 compared headers by it: identities of what that program stored still do.
    """
    return _DROPPED.sub("", text.translate(_NARROW)).casefold()


def _bare(text: str) -> str:
    """Without notes in brackets, and with what Unicode holds for the same (`⽇期` in radicals) made one."""
    return normalise_header(_NOTES.sub("", unicodedata.normalize("NFKC", text).translate(_NARROW)))


@dataclass(slots=True)
class Header:
    """`fields` by column; `near` the columns of them that were known by another name than their own, `doubled` columns
    that repeat a field, `other` headers that nobody knows; `code` the column of the archival code."""

    cells: tuple[str, ...]
    fields: dict[int, str] = field(default_factory=dict)
    near: dict[int, str] = field(default_factory=dict)
    doubled: dict[int, str] = field(default_factory=dict)
    other: dict[int, str] = field(default_factory=dict)
    code: int | None = None


class HeaderTable:
    """The headers that a profile knows."""

    def __init__(self, rules: DeliveryRules) -> None:
        self._exact = {normalise_header(cell): name for name, cells in rules.headers.items() for cell in cells}
        ranked = [(rank, _bare(cell), name) for name, cells in rules.headers.items() for rank, cell in enumerate(cells)]
        ranked += [
            (100 + rank, normalise_header(cell), name)
            for name, cells in rules.synonyms.items()
            for rank, cell in enumerate(cells)
        ]
        self._near = {cell: (rank, name) for rank, cell, name in sorted(ranked, reverse=True)}
        self._stand_ins = rules.stand_ins
        self._shown = [cell for cells in rules.headers.values() for cell in cells[:1]]

    def read(self, cells: Sequence[str]) -> Header:
        """The cells taken as a header row. Of several near names for one field the first in the table is taken, and
        none where the field's own name is there."""
        header = Header(tuple(cells))
        taken: dict[str, int] = {}
        near: dict[str, tuple[int, int]] = {}
        for column, cell in enumerate(cells):
            name = self._exact.get(normalise_header(cell))
            if name is not None:
                if taken.setdefault(name, column) == column:
                    header.fields[column] = name
                else:
                    header.doubled[column] = name
            elif (found := self._known_otherwise(cell)) is not None:
                rank, name = found
                near[name] = min(near.get(name, (rank, column)), (rank, column))
        header.near = {column: name for name, (_, column) in near.items() if name not in taken}
        header.fields |= header.near
        header.other = {c: cell for c, cell in enumerate(cells) if c not in header.fields and c not in header.doubled}
        header.code = self._code_column(header)
        return header

    def _known_otherwise(self, cell: str) -> tuple[int, str] | None:
        return self._near.get(normalise_header(cell)) or self._near.get(_bare(cell)) if cell else None

    def _code_column(self, header: Header) -> int | None:
        """The column of the archival code, or of what stands for it in such a list (照片号)."""
        columns = {name: column for column, name in header.fields.items()}
        wanted = (CODE, *self._stand_ins.get(CODE, ()))
        return next((columns[name] for name in wanted if name in columns), None)

    def is_code_header(self, cell: str) -> bool:
        """Whether a cell in the column of the archival code is that column's header again."""
        known = self._exact.get(normalise_header(cell)) or (self._known_otherwise(cell) or (0, ""))[1]
        return known == CODE

    def nearest(self, cell: str) -> str:
        """The known header that looks most like this one, or an empty string."""
        bare = _bare(cell)
        best, known = max(
            ((SequenceMatcher(None, bare, _bare(known)).ratio(), known) for known in self._shown), default=(0.0, "")
        )
        return known if best >= _LEAST_ALIKE else ""
