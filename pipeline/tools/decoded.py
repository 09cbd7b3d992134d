"""What a picture decoder answers: how reading went, and its two ways to refuse."""

from dataclasses import dataclass


class Undecodable(ValueError):
    """The decoder could not read the picture; the text is its reason."""


class NotSupported(Undecodable):
    """The picture is of a kind that the decoder does not know: that is no damage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """How reading to the end went: `fault` is why the picture is damaged, `doubt` what the decoder wondered at;
    `supported` is false where the decoder does not know this kind of picture."""

    pages: int
    fault: str = ""
    doubt: str = ""
    supported: bool = True
