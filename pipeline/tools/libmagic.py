"""libmagic through python-magic: a media type from the first bytes, one claim among several. The owner of `magic`."""

from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.formats import FormatClaim
from pipeline.tools.later import later

magic: Any = later("magic")


@cache
def version() -> str:
    """Version of libmagic, such as 5.44."""
    number = int(magic.version())
    return f"{number // 100}.{number % 100:02d}"


@cache
def _detector() -> Any:
    return magic.Magic(mime=True)


def claim(path: Path) -> FormatClaim:
    """What libmagic says of a file; a claim without an identifier where it failed. OSError where the file cannot be
    opened: that is no statement about it."""
    by = f"libmagic {version()}"
    try:
        media_type = _detector().from_file(str(path))
    except magic.MagicException as error:
        return FormatClaim(by=by, registry="media-type", identifier="", warning=str(error))
    return FormatClaim(
        by=by, registry="media-type", identifier=media_type, media_type=media_type, basis="first bytes of the file"
    )
