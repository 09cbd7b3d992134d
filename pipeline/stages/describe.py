"""著录: writes `metadata/` of a package: record.xml, technical.json, original-names.csv, premis.xml, mets.xml.

Same input and clock, same bytes. Each file's digests are taken while it is written; each XML document is then
validated against our schema, and an invalid one is our own fault. What the documents say is in `_documents` and
`_structure`.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline import __version__, schemas
from pipeline.codecs.mets import write_mets
from pipeline.codecs.original_names import write_original_names
from pipeline.codecs.premis import write_premis
from pipeline.codecs.premis_reader import read_premis
from pipeline.codecs.record_xml import write_record
from pipeline.codecs.technical import write_technical
from pipeline.domain import layout
from pipeline.domain.digests import Algorithm, Hasher
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.findings import Finding
from pipeline.domain.records import Derived, Described, Identified, Received, Record, Step, TagFile
from pipeline.ports import Clock
from pipeline.stages._contents import Contents
from pipeline.stages._documents import premis_of, record_of, technical_of
from pipeline.stages._structure import mets_of
from pipeline.tools.xml import Write

_LANTAI = Agent(name="lantai", version=__version__)


def describe(
    record: Record,
    received: Received,
    identified: Identified,
    derived: Derived,
    *,
    events: tuple[Event, ...],
    findings: tuple[Finding, ...],
    folder: Path,
    institution: str,
    fonds_name: str,
    digests: tuple[Algorithm, ...],
    clock: Clock,
    earlier: Path | None = None,
    people: tuple[Agent, ...] = (),
) -> Step[Described]:
    """Writes the five documents into `folder`, which is empty, under their own plain names.

    `events` are all of the record so far, oldest first, and go into PREMIS with the two of this stage; `findings`
    are all of the record and become notes of the first of them, so that nothing found is lost. `institution` is
    档案馆名称, `fonds_name` 立档单位名称 (may be empty). `earlier` is the `premis.xml` of the version before: its
    events go before ours as they are. `people` are those who had a part in it: who answers for the delivery, who took
    it in. Raises HouseError where a document breaks our schema, SourceError where `earlier`
    cannot be read.
    """
    package_id = record.description.package_id
    contents = Contents(record=record, received=received, identified=identified, derived=derived)
    own = _own_events(package_id, findings, clock)
    description = record_of(contents, archives=institution, fonds_name=fonds_name)
    before = None if earlier is None else read_premis(earlier)
    premis = premis_of(contents, events=(*events, *own), findings=findings, archives=institution, earlier=before)
    premis = replace(premis, others=people)
    tags = _TagWriter(folder, digests)
    tags.write("record.xml", lambda write: write_record(description, write), conforms=schemas.RECORD)
    tags.write("technical.json", lambda write: write_technical(package_id, technical_of(contents), write))
    names = ((file.path, file.original) for file, _ in contents.originals())
    tags.write("original-names.csv", lambda write: write_original_names(names, write))
    tags.write("premis.xml", lambda write: write_premis(premis, write), conforms=schemas.PREMIS)
    mets = mets_of(contents, tags=tags.tags, premis=premis, software=_LANTAI, at=own[-1])
    tags.write("mets.xml", lambda write: write_mets(mets, write), conforms=schemas.METS)
    return Step(value=Described(tag_files=tuple(tags.tags)), events=own)


def _own_events(package_id: str, findings: tuple[Finding, ...], clock: Clock) -> tuple[Event, Event]:
    """What was found, as one validation; and the making of the documents."""
    now = clock.now()
    judged = Event(
        kind=EventKind.VALIDATION,
        at=now,
        agent=_LANTAI,
        outcome=Outcome.WARNING if findings else Outcome.SUCCESS,
        objects=(package_id,),
        detail=f"findings of the whole line: {len(findings)}",
    )
    made = Event(
        kind=EventKind.CREATION,
        at=now,
        agent=_LANTAI,
        outcome=Outcome.SUCCESS,
        objects=(package_id,),
        detail="metadata: record.xml technical.json original-names.csv premis.xml mets.xml",
    )
    return judged, made


_MEDIA_TYPES = {".xml": "application/xml", ".json": "application/json", ".csv": "text/csv"}


class _TagWriter:
    """Where the documents go; `tags` are those written so far."""

    def __init__(self, folder: Path, digests: tuple[Algorithm, ...]) -> None:
        self._folder, self._digests = folder, digests
        self.tags: list[TagFile] = []

    def write(self, name: str, writer: Callable[[Write], None], *, conforms: str = "") -> None:
        path = self._folder / name
        hasher = Hasher({*self._digests, Algorithm.SHA256})
        with path.open("xb") as out:

            def both(data: bytes) -> None:
                hasher.update(data)
                out.write(data)

            writer(both)
        if conforms:
            schemas.must_conform(path, conforms)
        self.tags.append(
            TagFile(
                work_name=name,
                path=f"{layout.METADATA}{name}",
                media_type=_MEDIA_TYPES[path.suffix],
                size=hasher.size,
                digests=hasher.digests(),
            )
        )
