"""premis.xml: what is written comes back and is PREMIS 3.0; links that lead nowhere are not valid."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from pipeline.codecs.premis import Premis
from pipeline.domain.events import EventKind
from pipeline.schemas import PREMIS, schema
from pipeline.tools.xml_schema import XmlSchema
from tests.makers import official_schemas
from tests.makers.premis import documents, plain, written


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> XmlSchema:
    return official_schemas.official_schema(official_schemas.PREMIS, tmp_path_factory.mktemp("schemas"))


@settings(max_examples=60, deadline=None)
@given(documents())
def test_every_document_is_premis(
    official: XmlSchema, tmp_path_factory: pytest.TempPathFactory, premis: Premis
) -> None:
    assert official.fault(written(premis, tmp_path_factory.mktemp("premis"))) is None


def test_the_plain_document_is_valid(tmp_path: Path, official: XmlSchema) -> None:
    path = written(plain(), tmp_path)
    assert (schema(PREMIS).fault(path), official.fault(path)) == (None, None)


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
