"""What reading a document for its stored values has shown: its text, and what a copy cannot say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.domain.messages import Message, message

_MOST_NAMES = 5


@dataclass(slots=True)
class Seen:
    """Gathered while a document is read.

    `text` is what it says, in pieces, `margins` what its headers and footers may say; `numbers` counts cells that hold
    a number; `known` is whether all that it says is there. `unsaved` counts, by their names, fields and functions that
    have no stored value: a copy leaves them out, for today's value would be an invention. The others count or name what
    a copy does not hold.
    """

    text: list[str] = field(default_factory=list)
    margins: list[str] = field(default_factory=list)
    numbers: int = 0
    known: bool = True
    unsaved: Counter[str] = field(default_factory=Counter)
    linked: dict[str, None] = field(default_factory=dict)
    hidden_sheets: list[str] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: int = 0
    hidden_slides: list[str] = field(default_factory=list)
    hidden_text: int = 0
    outside: Counter[str] = field(default_factory=Counter)
    comments: int = 0
    changes: int = 0
    notes: int = 0
    media: int = 0
    drawings: int = 0

    def left_out(self) -> Iterator[Message]:
        """What a copy does not hold, or holds in another way."""
        if self.hidden_sheets:
            names = _joined(self.hidden_sheets)
            yield message("left_out_hidden_sheets", number=len(self.hidden_sheets), names=names)
        if self.hidden_rows or self.hidden_columns:
            yield message("left_out_hidden_cells", rows=self.hidden_rows, columns=self.hidden_columns)
        if self.outside:
            yield message("left_out_outside", number=self.outside.total(), names=_joined(list(self.outside)))
        if self.hidden_slides:
            names = _joined(self.hidden_slides)
            yield message("left_out_hidden_slides", number=len(self.hidden_slides), names=names)
        if self.hidden_text:
            yield message("left_out_hidden_text", number=self.hidden_text)
        if self.linked:
            yield message("left_out_linked", number=len(self.linked), names=_joined(list(self.linked)))
        if self.comments:
            yield message("left_out_comments", number=self.comments)
        if self.notes:
            yield message("left_out_notes", number=self.notes)
        if self.media:
            yield message("left_out_media", number=self.media)
        if self.drawings:
            yield message("left_out_drawings", number=self.drawings)
        if self.changes:
            yield message("changes_shown", number=self.changes)

    def not_frozen(self) -> Iterator[Message]:
        """What has no stored value, and is left out for that."""
        if self.unsaved:
            yield message("values_not_stored", number=self.unsaved.total(), names=_joined(list(self.unsaved)))


def _joined(names: list[str]) -> str:
    shown = "、".join(names[:_MOST_NAMES])
    return f"{shown} …" if len(names) > _MOST_NAMES else shown
