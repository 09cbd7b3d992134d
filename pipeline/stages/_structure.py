"""What mets.xml says of a package: its files, its structure in page order, its other documents. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from pipeline.codecs.mets import Mets, MetsDivision, MetsFile, MetsReference
from pipeline.codecs.premis import Premis
from pipeline.codecs.record_xml import scheme_of
from pipeline.domain import layout
from pipeline.domain.events import Agent, Event
from pipeline.domain.formats import FileFormat
from pipeline.domain.records import DerivedFile, ReceivedFile, Role, TagFile
from pipeline.errors import HouseError
from pipeline.stages._contents import Contents


def mets_of(contents: Contents, *, tags: Iterable[TagFile], premis: Premis, software: Agent, at: Event) -> Mets:
    """Structure: one division per original in page order, with what was made of it alone; what was made of several
    stands at the top. `at` is the event that made the documents."""
    description = contents.description
    alone, whole = _places(contents)
    return Mets(
        package_id=description.package_id,
        title=description.title,
        kind=description.category,
        created=at.at,
        software=software,
        holder=premis.holder.name,
        references=tuple(_reference(tag, scheme_of(description.category)) for tag in tags),
        files=tuple(_mets_files(contents)),
        divisions=tuple(
            MetsDivision(label=received.original.display, files=(received.path, *alone.get(received.path, ())))
            for received, _ in contents.originals()
        ),
        whole=whole,
    )


def _places(contents: Contents) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """(files made of one original, by that original; files made of several)."""
    roots = {file.path: frozenset({file.path}) for file in contents.received.files}
    alone: dict[str, list[str]] = {}
    whole: list[str] = []
    for file in _sources_first(contents.derived.files):
        roots[file.path] = frozenset().union(*(roots[source] for source in file.sources))
    for file in contents.derived.files:
        if len(roots[file.path]) == 1:
            alone.setdefault(next(iter(roots[file.path])), []).append(file.path)
        else:
            whole.append(file.path)
    return alone, tuple(whole)


def _sources_first(derived: Sequence[DerivedFile]) -> Iterator[DerivedFile]:
    """Derived files, each after the derived files it was made of. Raises HouseError where that cannot be."""
    waiting = {file.path: file for file in derived}
    while waiting:
        ready = [file for file in waiting.values() if not any(source in waiting for source in file.sources)]
        if not ready:
            raise HouseError(f"derived files are made of one another: {sorted(waiting)}")
        for file in ready:
            yield waiting.pop(file.path)


def _mets_files(contents: Contents) -> Iterator[MetsFile]:
    """Files by their role, in the order of the roles and then as they come."""
    found = [_mets_file(received, known.format, Role.ORIGINAL) for received, known in contents.originals()]
    found += [_mets_file(file, file.format, file.role) for file in contents.derived.files]
    for role in Role:
        yield from (file for file in found if file.use == role)


def _mets_file(file: ReceivedFile | DerivedFile, known: FileFormat, role: Role) -> MetsFile:
    return MetsFile(path=file.path, use=role, media_type=known.media_type, size=file.size, sha256=file.sha256)


_REFERENCES = {
    layout.RECORD: ("dmdSec", ""),
    layout.TECHNICAL: ("techMD", "lantai-technical/1"),
    layout.ORIGINAL_NAMES: ("sourceMD", "lantai-original-names/1"),
    layout.PREMIS: ("digiprovMD", "PREMIS"),
}


def _reference(tag: TagFile, scheme: str) -> MetsReference:
    section, kind = _REFERENCES[tag.path]
    sha256 = next(digest.value for digest in tag.digests if digest.algorithm == "sha256")
    return MetsReference(
        path=tag.path,
        section=section,
        kind=kind or scheme,
        media_type=tag.media_type,
        size=tag.size,
        sha256=sha256,
    )
