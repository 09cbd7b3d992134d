"""A described record with its files on disk, as the stages before packaging leave it, and the package made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.bags import Assembled, MadeFile
from pipeline.domain.digests import Algorithm, Digest, Hasher
from pipeline.domain.formats import IMAGE, FileFormat, Soundness, Verdict
from pipeline.domain.names import OriginalName, safe_paths
from pipeline.domain.packages import Packaged, PackageIndex
from pipeline.domain.records import (
    Derived,
    DerivedFile,
    Described,
    Description,
    Identified,
    IdentifiedFile,
    Received,
    ReceivedFile,
    Record,
    Role,
    Step,
    TagFile,
    elements,
)
from pipeline.stages.assemble import assemble
from pipeline.stages.package import package

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
BOTH = (Algorithm.SHA256, Algorithm.SM3)
PAGES = {b"001.tif": b"page one " * 400, "第２页 𠮷.tif".encode(): b"page two", b"empty.txt": b""}
COPIES = {"data/access/文件.pdf": b"%PDF-1.7 reading copy" * 100}
TAGS = {
    "metadata/record.xml": "<record>题名 𠮷</record>".encode(),
    "metadata/premis.xml": b"<premis/>",
    "metadata/mets.xml": b"<mets/>",
}


@dataclass(frozen=True)
class FixedClock:
    """Always the same time."""

    at: datetime = NOW

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self.at


@dataclass(frozen=True, kw_only=True)
class DescribedRecord:
    """A record and the folders of its files."""

    record: Record
    received: Received
    identified: Identified
    derived: Derived
    described: Described
    root: Path

    def package(
        self,
        folder: Path,
        *,
        digests: tuple[Algorithm, ...] = (Algorithm.SHA256,),
        clock: FixedClock = FixedClock(),
        advance: Callable[[int], None] = lambda _: None,
        added: tuple[MadeFile, ...] = (),
        earlier: PackageIndex | None = None,
    ) -> Step[Packaged]:
        """Packaged into `folder`, which is made."""
        folder.mkdir(parents=True)
        assembled = self.assemble(digests=digests, clock=clock)
        return package(
            self.record,
            self.received,
            assembled,
            originals=self.root / "received",
            copies=self.root / "derived",
            tags=self.root / "described",
            folder=folder,
            advance=advance,
            added=added,
            earlier=earlier,
        )

    def assemble(
        self, *, digests: tuple[Algorithm, ...] = (Algorithm.SHA256,), clock: FixedClock = FixedClock()
    ) -> Assembled:
        """The bag, all but its tar."""
        return assemble(
            self.record,
            self.received,
            self.identified,
            self.derived,
            self.described,
            institution="某县档案馆",
            digests=digests,
            clock=clock,
        ).value


def described_record(
    root: Path,
    *,
    originals: Mapping[bytes, bytes] = PAGES,
    copies: Mapping[str, bytes] = COPIES,
    tags: Mapping[str, bytes] = TAGS,
    digests: tuple[Algorithm, ...] = BOTH,
    about: Description | None = None,
) -> DescribedRecord:
    """Writes the files below `root` and returns what the line knows of them; originals by raw name."""
    names = [OriginalName.of(raw) for raw in originals]
    paths = safe_paths(names)
    received = tuple(
        ReceivedFile(
            work_name=f"{number:04d}.bin",
            path=f"data/original/{paths[name]}",
            original=name,
            size=len(originals[name.raw]),
            digests=_written(root / "received" / f"{number:04d}.bin", originals[name.raw], digests),
            modified_ns=1_600_000_000_000_000_000,
        )
        for number, name in enumerate(names, 1)
    )
    derived = tuple(
        DerivedFile(
            work_name=f"copy{number}.bin",
            path=path,
            role=Role(path.split("/")[1]),
            size=len(data),
            digests=_written(root / "derived" / f"copy{number}.bin", data, digests),
            format=replace(_FORMAT, media_type="application/pdf", puid="fmt/276"),
            sources=tuple(file.path for file in received),
        )
        for number, (path, data) in enumerate(copies.items(), 1)
    )
    tag_files = tuple(
        TagFile(
            work_name=path.rsplit("/", 1)[-1],
            path=path,
            media_type="application/xml",
            size=len(data),
            digests=_written(root / "described" / path.rsplit("/", 1)[-1], data, digests),
        )
        for path, data in tags.items()
    )
    files = tuple(IdentifiedFile(path=f.path, format=_FORMAT, soundness=_SOUND) for f in received)
    return DescribedRecord(
        record=Record(description=about or ABOUT, batch="移交批次2026-1"),
        received=Received(files=received, content="f" * 64),
        identified=Identified(files=files),
        derived=Derived(files=derived),
        described=Described(tag_files=tag_files),
        root=root,
    )


def _written(path: Path, data: bytes, digests: tuple[Algorithm, ...]) -> tuple[Digest, ...]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    hasher = Hasher(digests)
    hasher.update(data)
    return hasher.digests()


ABOUT = Description(
    archival_code="K021-ZY·FP·2019·Y-002",
    package_id="K021-ZY·FP·2019·Y-002",
    fonds="K021",
    category="ZY",
    elements=elements(
        title="𠮷家村易地扶贫搬迁户档案",
        creator="某县扶贫开发办公室",
        date="20190612",
        retention="永久",
        page_count="2",
        security="内部",
    ),
    row=2,
)
_FORMAT = FileFormat(
    kind=IMAGE, media_type="image/tiff", name="TIFF", puid="fmt/353", reason="signature and extension agree"
)
_SOUND = Soundness(verdict=Verdict.SOUND, by="libvips 8.14.1")
