"""Whether METS, PREMIS and the package itself say the same of every file: the same names, sizes and digests."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from pipeline.codecs.mets import Mets, MetsFile, MetsReference
from pipeline.codecs.premis import Premis
from pipeline.domain import layout
from pipeline.domain.digests import Algorithm
from pipeline.domain.findings import Finding
from pipeline.domain.messages import word

CODE = "metadata_disagrees"
"""Code of the findings; facts: `what` (file, size, sha256, package), and what `mets`, `premis` and `package` say,
`-` where they say nothing."""

_NOTHING = "-"

_Said = Mapping[str, tuple[int, str]]
"""(size, SHA-256) by path"""


class HeldFile(Protocol):
    """A file as the package holds it: its path inside the bag, size in bytes and SHA-256."""

    @property
    def path(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def sha256(self) -> str: ...


def cross_check(premis: Premis, mets: Mets, members: Iterable[HeldFile]) -> tuple[Finding, ...]:
    """Every disagreement, in order of path; nothing where all agree.

    Payload files must stand in all three. Metadata files that METS refers to must be as it says; METS itself and
    other tag files (bag-info, manifests) are the package's alone.
    """
    held: _Said = {member.path: (member.size, member.sha256) for member in members}
    listed: tuple[MetsFile | MetsReference, ...] = (*mets.files, *mets.references)
    said_by_mets: _Said = {each.path: (each.size, each.sha256) for each in listed}
    said_by_premis: _Said = {
        file.path: (file.size, next((d.value for d in file.digests if d.algorithm is Algorithm.SHA256), _NOTHING))
        for file in premis.files
    }
    return tuple(_all(premis, mets, said_by_mets, said_by_premis, held))


def _all(premis: Premis, mets: Mets, by_mets: _Said, by_premis: _Said, held: _Said) -> Iterator[Finding]:
    record = mets.package_id
    if premis.package_id != record:
        yield _disagreement(record, record, "package", {"mets": record, "premis": premis.package_id})
    payload = {path for path in held if path.startswith(layout.PAYLOAD)}
    for path in sorted(payload | by_mets.keys() | by_premis.keys()):
        voices = {"mets": by_mets.get(path), "package": held.get(path)}
        if path.startswith(layout.PAYLOAD) or path in by_premis:
            voices["premis"] = by_premis.get(path)
        yield from _differences(path, voices, record)


def _differences(path: str, voices: Mapping[str, tuple[int, str] | None], record: str) -> Iterator[Finding]:
    for what, place in (("size", 0), ("sha256", 1)):
        said = {who: _NOTHING if voice is None else str(voice[place]) for who, voice in voices.items()}
        if None in voices.values():
            yield _disagreement(path, record, "file", said)
            return
        if len(set(said.values())) > 1:
            yield _disagreement(path, record, what, said)


def _disagreement(subject: str, record: str, what: str, said: Mapping[str, str]) -> Finding:
    return Finding(
        code=CODE, subject=subject, record=record, facts=(("what", word("what", what)), *sorted(said.items()))
    )
