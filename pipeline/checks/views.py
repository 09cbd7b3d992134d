"""Views: what checks look at. A check is told all it may know here, and opens nothing by other ways.

There are three: a delivery (移交批次) as surveyed, a record (一件) as received and identified, a package (信息包).
"""

from dataclasses import dataclass
from pathlib import Path

from pipeline.checks.bag import BagReport
from pipeline.codecs.bag_info import values
from pipeline.codecs.bagit_profile import BagContents
from pipeline.domain import layout
from pipeline.domain.packages import FixityReport

OUR_PROFILES = "urn:lantai:bagit-profile:"
"""How the identifiers of our own BagIt profiles begin: a bag that names one says that it is a package of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """A file of a package as it is held: its path inside the bag, size in bytes and SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    """A package, wherever it lies: unpacked in a folder, or as a tar with its index.

    `bag` is the validation of an unpacked bag, `fixity` the comparison of a copy with its index; the other one is
    None. `contents` is what a BagIt profile asks about. `files` are those whose SHA-256 is known, in order of paths.
    `tag_folder` holds the files outside `data/` under their own paths; `left_out` are those that were too large to be
    put there.
    """

    name: str
    contents: BagContents
    files: tuple[PackageFile, ...]
    tag_folder: Path
    bag: BagReport | None = None
    fixity: FixityReport | None = None
    left_out: frozenset[str] = frozenset()

    @property
    def profile(self) -> str:
        """Identifier of our BagIt profile that the package names; empty where it names none of ours."""
        named = values(self.contents.info, "BagIt-Profile-Identifier")
        return next((each for each in named if each.startswith(OUR_PROFILES)), "")

    def tag_file(self, path: str) -> Path | None:
        """Where a file outside the payload can be read; None where the package has none of that path."""
        place = self.tag_folder / path
        return place if path in self.contents.tag_files and place.is_file() and not place.is_symlink() else None

    def under(self, folder: str) -> tuple[PackageFile, ...]:
        """Files below a folder of the payload, such as `data/original/`."""
        return tuple(file for file in self.files if file.path.startswith(folder))

    @property
    def payload(self) -> tuple[PackageFile, ...]:
        """Files below `data/`."""
        return self.under(layout.PAYLOAD)
