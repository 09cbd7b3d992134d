"""technical.json: all facts come back; the document conforms to its JSON Schema."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codecs.technical import TechnicalFile, package_named, technical_files, write_technical
from pipeline.domain.formats import Soundness, Verdict
from pipeline.errors import SourceError
from pipeline.schemas import SCHEMAS
from tests.makers.texts import sound_text
from tests.makers.values import PDF, SCAN_FACTS, TIFF, UNKNOWN

SHA = "0123456789abcdef" * 4


def original(**changes: object) -> TechnicalFile:
    known = {
        "path": "data/original/1.tif",
        "sha256": SHA,
        "size": 1,
        "format": TIFF,
        "soundness": Soundness(verdict=Verdict.SOUND, by="libvips 8.14"),
        "pages": 1,
        "facts": SCAN_FACTS,
    }
    return TechnicalFile(**(known | changes))  # type: ignore[arg-type]


MADE = TechnicalFile(path="data/access/1.pdf", sha256=SHA, size=2, format=PDF, sources=("data/original/1.tif",))


def written(files: list[TechnicalFile], folder: Path) -> Path:
    path = folder / "technical.json"
    with path.open("wb") as out:
        write_technical("K021-1", files, out.write)
    return path


@settings(deadline=None)
@given(st.lists(st.tuples(sound_text, sound_text, sound_text), max_size=4).map(tuple))
def test_every_fact_comes_back(
    tmp_path_factory: pytest.TempPathFactory, facts: tuple[tuple[str, str, str], ...]
) -> None:
    files = [original(facts=facts), MADE]
    path = written(files, tmp_path_factory.mktemp("technical"))
    assert (package_named(path), list(technical_files(path))) == ("K021-1", files)


def test_it_conforms_to_its_schema_and_has_a_file_to_a_line(tmp_path: Path) -> None:
    rules = json.loads((SCHEMAS / "technical-1.0" / "technical-1.0.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    validator = jsonschema.Draft202012Validator(rules)
    unknown = original(path="data/original/2.bin", format=UNKNOWN, facts=(), pages=0)
    path = written([original(), unknown, MADE], tmp_path)
    document = json.loads(path.read_bytes())
    validator.validate(document)
    assert path.read_bytes().count(b"\n") == 3 + 3 + 1
    for change in (
        {"facts": [["exiftool", "Make"]]},
        {"sources": ["data/original/1.tif"]},
        {"path": "../1.tif"},
        {"sha256": "0"},
        {"gps": "1"},
    ):
        assert not validator.is_valid({**document, "files": [{**document["files"][0], **change}]})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"format":"lantai-technical/9","package_id":"1","files":[]}',
        '{"format":"lantai-technical/1","package_id":"1","files":[{"path":"1"}]}',
        '{"format":"lantai-technical/1","package_id":"1","files":[],"more":1}',
        '{"format":"lantai-technical/1","package_id":"1","files":[',
    ],
)
def test_what_is_not_ours_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "technical.json"
    path.write_text(content, "utf-8")
    with pytest.raises(SourceError, match=r"technical\.json"):
        list(technical_files(path))
