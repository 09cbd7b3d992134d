"""Views: what checks look at. A check is told all it may know here, and opens nothing by other ways.

There are three: a delivery (移交批次) as surveyed, a record (一件) as received and identified, a package (信息包).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.checks.bag import BagReport
from pipeline.codecs.bag_info import values
from pipeline.codecs.bagit_profile import BagContents
from pipeline.domain import layout
from pipeline.domain.findings import Finding
from pipeline.domain.messages import Message, message
from pipeline.domain.packages import FixityReport
from pipeline.domain.records import DeliveryPlan, Description, IdentifiedFile, ReceivedFile
from pipeline.domain.verdicts import CheckResult, CouldNotTell, Effect, Passed, judged

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """A delivery (移交批次) as surveyed: how many rows and files it has, and what was found.

    `catalogue` is empty where there is none that can be used. `digests_given` says whether the depositor gave any,
    `is_bag` whether the delivery is a BagIt bag. `found` by code, in the order in which it was found.
    """

    catalogue: str
    rows: int
    files: int
    digests_given: bool
    is_bag: bool
    found: Mapping[str, tuple[Finding, ...]]

    @classmethod
    def of(cls, plan: DeliveryPlan) -> "DeliveryView":
        """The view of a surveyed delivery."""
        found = (*plan.findings, *(each for record in plan.records for each in record.findings))
        return cls(
            catalogue=plan.catalogue,
            rows=len(plan.records),
            files=sum(len(record.files) for record in plan.records),
            digests_given=plan.digests_given,
            is_bag=plan.is_bag,
            found=by_code(found),
        )

    def judged(
        self, effects: Mapping[str, Effect], *, looked_at: Message, question: Message | None = None
    ) -> CheckResult:
        """The result of a check that asks for the findings of some codes, each with what it does to the result.

        Without a catalogue there are no rows to look at: then nothing is passed.
        """
        found = [(each, effect) for code, effect in effects.items() for each in self.found.get(code, ())]
        if not self.rows and not found:
            return CouldNotTell(why=message("no_rows_to_look_at"))
        return judged(found, looked_at=looked_at, untold=message("something_untold"), question=question)


def by_code(found: Iterable[Finding]) -> dict[str, tuple[Finding, ...]]:
    """Findings by their code, for a view."""
    codes: dict[str, list[Finding]] = {}
    for each in found:
        codes.setdefault(each.code, []).append(each)
    return {code: tuple(some) for code, some in codes.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """A record (件) as received and identified. `files` are in page order, empty where none was identified; `received`
    are the same as they lie in the workspace; `found` is what taking it in and identifying its files have found."""

    description: Description
    files: tuple[IdentifiedFile, ...]
    found: tuple[Finding, ...] = ()
    received: tuple[ReceivedFile, ...] = ()

    def judged(self, effects: Mapping[str, Effect], *, looked_at: Message, also_untold: int = 0) -> CheckResult:
        """The result of a check that asks for the findings of some codes. `also_untold` are files of which nothing was
        found and nothing could be told either. Where no file was identified nothing is passed."""
        found = [(each, effects[each.code]) for each in self.found if each.code in effects]
        result = judged(found, looked_at=looked_at, untold=message("something_untold"))
        if isinstance(result, Passed) and not self.files:
            return CouldNotTell(why=message("no_files_identified"))
        if isinstance(result, Passed) and also_untold:
            return CouldNotTell(why=message("files_untold", files=also_untold), evidence=result.notes)
        return result
