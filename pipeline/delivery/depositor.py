"""Who handed a delivery in (移交单位) and answers for it (责任人), where a BagIt bag says so (RFC 8493, 2.2.2)."""

import os
from pathlib import Path

from pipeline.codecs.bag_info import BAG_INFO, decode_bag_info, values
from pipeline.domain.personal import mask

_MOST_BYTES = 1 << 20
_MOST_CHARACTERS = 200


def depositor_of(bag: Path) -> tuple[str, str]:
    """`Source-Organization` and `Contact-Name` of the bag in the folder, masked; empty where it does not say, or where
    its bag-info cannot be read: what is wrong with that is told by the check of the bag."""
    try:
        opened = os.open(bag / BAG_INFO, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(opened, "rb") as stream:
            tags, _ = decode_bag_info(stream.read(_MOST_BYTES), strict=False)
    except OSError:
        return "", ""
    return _said(tags, "Source-Organization"), _said(tags, "Contact-Name")


def _said(tags: tuple[tuple[str, str], ...], label: str) -> str:
    return mask("；".join(dict.fromkeys(filter(None, values(tags, label)))))[:_MOST_CHARACTERS]
