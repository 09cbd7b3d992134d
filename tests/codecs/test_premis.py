"""premis.xml: what is written comes back and is PREMIS 3.0; links that lead nowhere are not valid."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codecs.premis import Premis, PremisEvent, PremisFile, write_premis
from pipeline.codecs.premis_reader import read_premis
from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.events import Agent, EventKind, Outcome
from pipeline.errors import SourceError
from pipeline.schemas import PREMIS, schema
from pipeline.tools.xml import XmlSchema
from tests.makers import official_schemas
from tests.makers.texts import any_text, filled_text
from tests.makers.values import LANTAI, NOW, digests_of

ROLES = ("original", "preservation", "access", "text")

agents = st.builds(
    Agent, name=filled_text, version=any_text, kind=st.sampled_from(["software", "organization", "person"])
)
digests = st.lists(st.sampled_from(Algorithm), min_size=1, unique=True).map(
    lambda found: tuple(Digest(algorithm=a, value=("0123456789abcdef" * 8)[: a.hex_length]) for a in found)
)
times = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))]),
)


@st.composite
def documents(draw: st.DrawFn) -> Premis:
    """Any document of ours: links lead to what is there."""
    paths = draw(st.lists(filled_text.map(lambda t: f"data/{t}"), min_size=1, max_size=4, unique=True))
    events = draw(st.integers(0, 4))
    numbers = [f"E{n:04d}" for n in range(1, events + 1)]
    files = tuple(
        PremisFile(
            path=path,
            representation=draw(st.sampled_from(ROLES)),
            size=draw(st.integers(0, 2**60)),
            digests=draw(digests),
            format_name=draw(filled_text),
            format_version=draw(any_text),
            puid=draw(st.sampled_from(["", "fmt/43", "x-fmt/111"])),
            format_notes=tuple(draw(st.lists(filled_text, max_size=2))),
            original_name=draw(any_text),
            sources=tuple(draw(st.lists(st.sampled_from(paths), max_size=3, unique=True))),
        )
        for path in paths
    )
    files = tuple(
        replace(file, made_by=tuple(draw(st.lists(st.sampled_from(numbers), max_size=2, unique=True))))
        if file.sources and numbers
        else file
        for file in files
    )
    package_id = draw(filled_text.filter(lambda t: t not in ROLES and not t.startswith("data/")))
    linked = st.lists(
        st.sampled_from([package_id, *paths, *{f.representation for f in files}]), max_size=3, unique=True
    )
    return Premis(
        package_id=package_id,
        archival_code=draw(filled_text),
        title=draw(any_text),
        representations=tuple(dict.fromkeys(file.representation for file in files)),
        files=files,
        events=tuple(
            PremisEvent(
                identifier=number,
                kind=draw(st.sampled_from(EventKind)),
                at=draw(times),
                agent=draw(agents),
                outcome=draw(st.sampled_from(Outcome)),
                objects=tuple(draw(linked)),
                sources=tuple(draw(linked)),
                details=tuple(draw(st.lists(filled_text, max_size=2))),
                notes=tuple(draw(st.lists(filled_text, max_size=2))),
            )
            for number in numbers
        ),
        holder=draw(agents),
        rights=tuple(
            (term, draw(filled_text)) for term in draw(st.sampled_from([(), ("密级",), ("密级", "保管期限")]))
        ),
    )


def written(premis: Premis, folder: Path) -> Path:
    path = folder / "premis.xml"
    with path.open("wb") as out:
        write_premis(premis, out.write)
    return path


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> XmlSchema:
    return official_schemas.official_schema(official_schemas.PREMIS, tmp_path_factory.mktemp("schemas"))


@settings(max_examples=60, deadline=None)
@given(documents())
def test_every_document_comes_back_and_is_valid(tmp_path_factory: pytest.TempPathFactory, premis: Premis) -> None:
    path = written(premis, tmp_path_factory.mktemp("premis"))
    assert schema(PREMIS).fault(path) == ""
    assert read_premis(path) == premis


@settings(max_examples=60, deadline=None)
@given(documents())
def test_every_document_is_premis(
    official: XmlSchema, tmp_path_factory: pytest.TempPathFactory, premis: Premis
) -> None:
    assert official.fault(written(premis, tmp_path_factory.mktemp("premis"))) == ""


def plain() -> Premis:
    page = PremisFile(
        path="data/original/1.tif",
        representation="original",
        size=1,
        digests=digests_of(b"1", sm3=True),
        format_name="TIFF",
        puid="fmt/353",
        original_name="１\x07.tif",
    )
    copy = PremisFile(
        path="data/access/1.pdf",
        representation="access",
        size=2,
        digests=digests_of(b"2", sm3=True),
        format_name="PDF/A",
        sources=(page.path,),
        made_by=("E0001",),
    )
    made = PremisEvent(
        identifier="E0001",
        kind=EventKind.NORMALIZATION,
        at=NOW,
        agent=LANTAI,
        outcome=Outcome.SUCCESS,
        objects=(copy.path,),
        sources=(page.path,),
    )
    return Premis(
        package_id="K021-1",
        archival_code="K021-1",
        title="题名",
        representations=("original", "access"),
        files=(page, copy),
        events=(made,),
        holder=Agent(name="某县档案馆", kind="organization"),
        rights=(("保管期限", "永久"),),
    )


def test_the_plain_document_is_valid(tmp_path: Path, official: XmlSchema) -> None:
    path = written(plain(), tmp_path)
    assert (schema(PREMIS).fault(path), official.fault(path)) == ("", "")


def test_names_with_control_characters_are_shown(tmp_path: Path) -> None:
    assert "<originalName>１\\u{7}.tif</originalName>" in written(plain(), tmp_path).read_text("utf-8")


def test_sm3_has_its_fixity(tmp_path: Path) -> None:
    text = written(plain(), tmp_path).read_text("utf-8")
    assert text.count("<messageDigestAlgorithm>SM3</messageDigestAlgorithm>") == 2


def test_event_types_name_the_vocabulary_where_the_code_is_known(tmp_path: Path) -> None:
    known = plain()
    extraction = replace(known.events[0], identifier="E0002", kind=EventKind.METADATA_EXTRACTION)
    text = written(replace(known, events=(*known.events, extraction)), tmp_path).read_text("utf-8")
    assert 'valueURI="http://id.loc.gov/vocabulary/preservation/eventType/nor">normalization<' in text
    assert "<eventType>metadata extraction<" in text


BROKEN = {
    "a link to no object": (">data/original/1.tif</linkingObject", ">data/original/2.tif</linkingObject"),
    "a source that is not there": (">data/original/1.tif</relatedObject", ">data/original/2.tif</relatedObject"),
    "an event that is not there": (">E0001</relatedEvent", ">E0002</relatedEvent"),
    "an agent that is not there": (">A0002</linkingAgent", ">A0009</linkingAgent"),
    "the same path twice": (">data/access/1.pdf</objectIdentifierValue", ">data/original/1.tif</objectIdentifierValue"),
    "a time without an offset": ("+00:00</eventDateTime", "</eventDateTime"),
    "no time": (">2026-11-22T03:04:05+00:00</eventDateTime", ">yesterday</eventDateTime"),
    "an unknown event": (">normalization<", ">magic<"),
    "an unknown outcome": (">success<", ">perhaps<"),
    "an unknown digest": (">SM3<", ">SM9<"),
    "a digest in capitals": ("<messageDigest>6b", "<messageDigest>6B"),
    "a PRONOM key that is none": (">fmt/353<", ">353<"),
    "another version": ('version="3.0"', 'version="2.2"'),
    "a negative size": ("<size>1<", "<size>-1<"),
    "rights that are none of ours": (">保管期限：永久<", ">永久<"),
}


@pytest.mark.parametrize(("old", "new"), BROKEN.values(), ids=BROKEN)
def test_broken_documents_are_not_valid(old: str, new: str, tmp_path: Path) -> None:
    path = written(plain(), tmp_path)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert schema(PREMIS).fault(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">success<", ">perhaps<"),
        (">SM3<", ">SM9<"),
        ("<size>1<", "<size>one<"),
        (">2026-11-22T03:04:05+00:00<", ">yesterday<"),
        (">A0002</linkingAgent", ">A0009</linkingAgent"),
        ("<rights>", "<wrongs>"),
        ('"intellectualEntity"', '"bitstream"'),
        ("<eventOutcomeInformation>", "<eventOutcomeX>"),
    ],
)
def test_broken_documents_are_not_read(old: str, new: str, tmp_path: Path) -> None:
    path = written(plain(), tmp_path)
    text = path.read_text("utf-8")
    closing = (
        (old.replace("<", "</"), new.replace("<", "</")) if old.startswith("<") and old.endswith(">") else (old, new)
    )
    path.write_text(text.replace(old, new, 1).replace(*closing), "utf-8")
    with pytest.raises(SourceError):
        read_premis(path)
