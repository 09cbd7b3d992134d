"""Formats (格式): what each identifier claims, what we decided, and whether the file is sound."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.messages import Fact

IMAGE, PDF, VIDEO, AUDIO, OFFICE, OFD, TEXT, OTHER = "image", "pdf", "video", "audio", "office", "ofd", "text", "other"
"""Kinds of format that this program itself speaks of. A kind is a word of the handler that is for it: there may be
more. Of OTHER is what has no handler of its own."""


BLANK = ("lantai", "blank", "true")
"""The fact that a page was seen to be blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatClaim:
    """What one identifier says. `basis` is why, `warning` what it doubts, `by` its name and version.

    `registry` is "pronom" or "media-type"; `identifier` a PUID such as fmt/43 or a media type. An identifier
    that failed leaves a claim with an empty `identifier` and the reason in `warning`.
    """

    by: str
    registry: str
    identifier: str
    media_type: str = ""
    name: str = ""
    version: str = ""
    basis: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """The decision over the claims, with its reason. `media_type` is application/octet-stream and `puid` empty
    where nobody knows."""

    kind: str
    media_type: str
    name: str
    version: str = ""
    puid: str = ""
    reason: str
    claims: tuple[FormatClaim, ...] = ()


class Verdict(StrEnum):
    """Result of looking at a whole file."""

    SOUND = "sound"
    DAMAGED = "damaged"
    COULD_NOT_TELL = "could not tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """Whether the file could be read to its end; `by` is tool and version, `reason` what it said, or why of ours."""

    verdict: Verdict
    by: str
    reason: Fact = ""
