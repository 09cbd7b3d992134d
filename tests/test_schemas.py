"""metadata_schemas/: every edition is complete, compiles, and judges; what we write must conform."""

import json
from pathlib import Path

import jsonschema
import pytest

from pipeline.errors import HouseError
from pipeline.schemas import METS, PREMIS, RECORD, SCHEMAS, must_conform, schema

OUTPUT = "cli"  # what commands print: of no standard and in no package
FOLDERS = {path.name for path in SCHEMAS.iterdir() if path.is_dir()}
EDITIONS = sorted(FOLDERS - {OUTPUT})


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_has_its_schema_and_names_its_source(edition: str) -> None:
    folder = SCHEMAS / edition
    readme = (folder / "README.md").read_text("utf-8")
    assert "DA/T" in readme or "PREMIS 3.0" in readme or "METS 1.12" in readme or "RFC" in readme
    assert edition in (SCHEMAS / "README.md").read_text("utf-8")
    if (folder / f"{edition}.xsd").exists():
        assert schema(edition).name == f"{edition}.xsd"
    else:
        rules = json.loads((folder / f"{edition}.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(rules)


def test_the_schemas_of_what_commands_print_are_sound() -> None:
    assert f"({OUTPUT}/README.md)" in (SCHEMAS / "README.md").read_text("utf-8")
    schemas = sorted((SCHEMAS / OUTPUT).glob("*.schema.json"))
    assert schemas
    for path in schemas:
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


def test_the_editions_in_use_are_there() -> None:
    assert {RECORD, PREMIS, METS} < set(EDITIONS)


def test_a_schema_is_compiled_once() -> None:
    assert schema(RECORD) is schema(RECORD)


def test_an_edition_that_is_not_there_is_our_own_fault() -> None:
    with pytest.raises(HouseError, match=r"record-0\.9"):
        schema("record-0.9")


@pytest.mark.parametrize("edition", [RECORD, PREMIS, METS])
def test_what_we_wrote_wrong_is_our_own_fault(edition: str, tmp_path: Path) -> None:
    document = tmp_path / "document.xml"
    document.write_text("<档案/>", "utf-8")
    with pytest.raises(HouseError, match=edition):
        must_conform(document, edition)
