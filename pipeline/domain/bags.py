"""A bag (BagIt 1.0) while it is put together: which files it will hold, and the tag files that say so."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.digests import Digest


class Work(StrEnum):
    """Which stage's folder of the workspace a file lies in."""

    RECEIVED = "received"
    DERIVED = "derived"
    DESCRIBED = "described"


@dataclass(frozen=True, slots=True, kw_only=True)
class BagFile:
    """A file of the bag that lies in the workspace, under `work_name` in the folder of `work`, with what the index
    keeps of it. `path` is its place in the bag, `modified` when it was last changed where it came from, in seconds
    since 1970; 0 where that is not known."""

    path: str
    work: Work
    work_name: str
    size: int
    digests: tuple[Digest, ...]
    original_name_hex: str = ""
    media_type: str = ""
    puid: str = ""
    modified: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFile:
    """A small file of the bag that is made in memory."""

    path: str
    data: bytes
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """组包: the bag, all but its tar. `files` lie in the workspace, `made` are the declaration, bag-info, manifests and
    tag manifests. Whoever seals the package signs those, and adds files that no manifest lists."""

    bag_name: str
    at: datetime
    files: tuple[BagFile, ...]
    made: tuple[MadeFile, ...]

    def made_file(self, path: str) -> MadeFile | None:
        """A file made in memory, by its place in the bag."""
        return next((each for each in self.made if each.path == path), None)
