"""PREMIS read back: what was written, or an error that names the file."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from pipeline.codecs.premis import Premis
from pipeline.codecs.premis_reader import read_premis
from pipeline.errors import SourceError
from pipeline.schemas import PREMIS, schema
from tests.makers.bags import PACKAGE, golden_packages, unpacked
from tests.makers.premis import documents, plain, written


@settings(max_examples=60, deadline=None)
@given(documents())
def test_every_document_comes_back_and_is_valid(tmp_path_factory: pytest.TempPathFactory, premis: Premis) -> None:
    path = written(premis, tmp_path_factory.mktemp("premis"))
    assert schema(PREMIS).fault(path) is None
    assert read_premis(path) == premis


def test_what_a_released_version_wrote_is_read(tmp_path: Path) -> None:
    bag = unpacked(golden_packages(tmp_path)[PACKAGE], tmp_path / "bag")
    read = read_premis(bag / "metadata/premis.xml")
    assert read.package_id == PACKAGE
    assert {file.path for file in read.files} == {
        str(path.relative_to(bag)) for path in (bag / "data").rglob("*") if path.is_file()
    }
    assert all(event.agent.name for event in read.events)


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
