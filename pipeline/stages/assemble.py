"""Assemble (组包): which files the bag holds, with its declaration, bag-info and manifests, before anything is packed.

No byte of a file is read: the manifests are of the digests that are known since the files were received or made. So a
seal has its place between this and the tar: it signs the tag manifest.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

from pipeline import __version__, schemas
from pipeline.codecs.bag_info import BAG_INFO, encode_bag_info, encode_bagit_txt
from pipeline.codecs.bag_manifest import encode_manifest
from pipeline.codecs.bagit_profile import LANTAI_PROFILE
from pipeline.domain import layout
from pipeline.domain.bags import Assembled, BagFile, MadeFile, Work
from pipeline.domain.digests import Algorithm, Digest, Hasher
from pipeline.domain.messages import message
from pipeline.domain.records import Derived, Described, Identified, Received, Record, Step
from pipeline.errors import HouseError
from pipeline.ports import Clock
from pipeline.shipped import shipped

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def assemble(
    record: Record,
    received: Received,
    identified: Identified,
    derived: Derived,
    described: Described,
    *,
    institution: str,
    digests: tuple[Algorithm, ...],
    clock: Clock,
    depositor: str = "",
) -> Step[Assembled]:
    """The bag of the record's version, all but its tar; the same input at the same time gives the same bytes.

    `institution` is the archives, `depositor` who handed the record in, empty where nobody said.
    `digests` are the algorithms of the manifests; every file must bring all of them. Raises HouseError where two paths
    meet or a digest is lacking.
    """
    at = clock.now()
    payload = sorted((*_originals(received, identified), *_copies(derived)), key=lambda file: file.path)
    tags = sorted(_tags(described), key=lambda file: file.path)
    _refuse_meeting((*payload, *tags))
    made = {
        "bagit.txt": encode_bagit_txt(),
        BAG_INFO: _bag_info(record, payload, institution, depositor, at),
        layout.README: _readme(record, institution),
        layout.RECORD_SCHEMA: _record_schema(),
    }
    assembled = Assembled(
        bag_name=layout.bag_name(record.description.package_id, record.version),
        at=at,
        files=(*tags, *payload),
        made=tuple(_made(payload, tags, sorted(set(digests)), made)),
    )
    return Step(value=assembled)


def _originals(received: Received, identified: Identified) -> list[BagFile]:
    formats = {file.path: file.format for file in identified.files}
    return [
        BagFile(
            path=file.path,
            work=Work.RECEIVED,
            work_name=file.work_name,
            size=file.size,
            digests=file.digests,
            original_name_hex=file.original.raw_hex,
            modified=file.modified_ns // 10**9,
            media_type=formats[file.path].media_type,
            puid=formats[file.path].puid,
        )
        for file in received.files
    ]


def _copies(derived: Derived) -> list[BagFile]:
    return [
        BagFile(
            path=file.path,
            work=Work.DERIVED,
            work_name=file.work_name,
            size=file.size,
            digests=file.digests,
            media_type=file.format.media_type,
            puid=file.format.puid,
        )
        for file in derived.files
    ]


def _tags(described: Described) -> list[BagFile]:
    return [
        BagFile(
            path=file.path,
            work=Work.DESCRIBED,
            work_name=file.work_name,
            size=file.size,
            digests=file.digests,
            media_type=file.media_type,
        )
        for file in described.tag_files
    ]


def _refuse_meeting(files: Iterable[BagFile]) -> None:
    """No two files may meet on a system that tells neither case nor Unicode forms apart."""
    seen: dict[str, str] = {}
    for file in files:
        key = unicodedata.normalize("NFC", file.path).casefold()
        if key in seen:
            raise HouseError(message("bag_paths_meet", one=seen[key], other=file.path))
        seen[key] = file.path


def _bag_info(record: Record, payload: Sequence[BagFile], institution: str, depositor: str, at: datetime) -> bytes:
    about = record.description
    octets = sum(file.size for file in payload)
    tags = (
        ("Source-Organization", depositor or institution),
        ("External-Identifier", about.package_id),
        ("External-Description", about.title),
        ("Bagging-Date", f"{at:%Y-%m-%d}"),
        ("Bag-Group-Identifier", record.batch),
        ("Payload-Oxum", f"{octets}.{len(payload)}"),
        ("Bag-Size", _human(octets)),
        ("Bag-Software-Agent", f"lantai {__version__}"),
        ("BagIt-Profile-Identifier", LANTAI_PROFILE),
        ("接收单位", institution),
        ("全宗号", about.fonds),
        ("档案门类代码", about.category),
        ("档号", about.archival_code),
        ("版本", layout.version_name(record.version)),
        ("日期", about.date),
        ("保管期限", about.retention),
        ("密级", about.value("security")),
        ("开放标识", about.value("access")),
    )
    plain = ((label, _CONTROL.sub(" ", value).strip()) for label, value in tags)
    return encode_bag_info((label, value) for label, value in plain if value)


def _readme(record: Record, institution: str) -> bytes:
    """说明.txt, as every text editor shows it: UTF-8 with its mark, lines ended as in Windows."""
    said = _template()
    about = record.description
    places = {
        "package": layout.bag_name(about.package_id, record.version),
        "title": about.title,
        "archives": institution,
    }
    for place, value in places.items():
        said = said.replace(f"{{{place}}}", _CONTROL.sub(" ", value).strip())
    return codecs.BOM_UTF8 + said.replace("\n", "\r\n").encode()


@cache
def _template() -> str:
    return (shipped("profiles") / "packages" / "readme.txt").read_text("utf-8")


@cache
def _record_schema() -> bytes:
    """What record.xml conforms to, as it is."""
    return (schemas.SCHEMAS / schemas.RECORD / f"{schemas.RECORD}.xsd").read_bytes()


def _human(octets: int) -> str:
    size, unit = float(octets), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{octets} bytes"


def _made(
    payload: Sequence[BagFile], tags: Sequence[BagFile], algorithms: Sequence[Algorithm], plain: Mapping[str, bytes]
) -> list[MadeFile]:
    """The plain files made here, manifests, and the tag manifests over all of these and the tag files."""
    made = dict(plain)
    made |= {f"manifest-{a}.txt": encode_manifest(_entries(payload, a)) for a in algorithms}
    hashed = {path: _values(_hashed(data, algorithms)) for path, data in made.items()}
    for algorithm in algorithms:
        entries = [(path, values[algorithm]) for path, values in hashed.items()]
        made[f"tagmanifest-{algorithm}.txt"] = encode_manifest([*entries, *_entries(tags, algorithm)])
    types = {layout.RECORD_SCHEMA: "application/xml"}
    return [MadeFile(path=path, data=data, media_type=types.get(path, "text/plain")) for path, data in made.items()]


def _hashed(data: bytes, algorithms: Sequence[Algorithm]) -> tuple[Digest, ...]:
    hasher = Hasher(algorithms)
    hasher.update(data)
    return hasher.digests()


def _values(digests: Iterable[Digest]) -> dict[Algorithm, str]:
    return {digest.algorithm: digest.value for digest in digests}


def _entries(files: Sequence[BagFile], algorithm: Algorithm) -> list[tuple[str, str]]:
    digests = [(file.path, _values(file.digests).get(algorithm, "")) for file in files]
    lacking = [path for path, value in digests if not value]
    if lacking:
        raise HouseError(message("bag_digests_lacking", algorithm=algorithm.value, count=len(lacking), path=lacking[0]))
    return digests
