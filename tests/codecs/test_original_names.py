"""original-names.csv: every name comes back byte for byte; spreadsheets find nothing to run."""

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.original_names import HEADER, read_original_names, write_original_names
from pipeline.domain.names import OriginalName, safe_paths
from pipeline.errors import SourceError
from pipeline.schemas import SCHEMAS

raw_names = st.binary(min_size=1, max_size=20).filter(
    lambda raw: b"\0" not in raw and not any(part in {b"", b".", b".."} for part in raw.split(b"/"))
)

AWKWARD = (
    "第1页.tif".encode(),
    "第1页.tif".encode("gb18030"),
    b"\xff\xfe.tif",
    b"=cmd|' /C calc'!A0",
    b"+1",
    b"-1",
    b"@SUM(A1)",
    b"\t=1",
    b'a"b,c\r\nd',
    "𠮷\u202e.tif".encode(),
    b"30",
    b"\x1e\x10",
)


def pairs(raws: tuple[bytes, ...] | list[bytes]) -> list[tuple[str, OriginalName]]:
    paths = safe_paths(OriginalName.of(raw) for raw in raws)
    return [(f"data/original/{paths[name]}", name) for name in map(OriginalName.of, raws)]


def written(names: list[tuple[str, OriginalName]], folder: Path) -> Path:
    path = folder / "original-names.csv"
    with path.open("wb") as out:
        write_original_names(names, out.write)
    return path


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


@given(st.lists(raw_names, max_size=6, unique=True))
def test_every_name_comes_back(tmp_path_factory: pytest.TempPathFactory, raws: list[bytes]) -> None:
    names = pairs(raws)
    assert list(read_original_names(written(names, tmp_path_factory.mktemp("names")))) == names


def test_the_table_conforms_to_its_schema(tmp_path: Path) -> None:
    rules = json.loads((SCHEMAS / "original-names-1.0" / "original-names-1.0.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    validator = jsonschema.Draft202012Validator(rules)
    rows = cells(written(pairs(AWKWARD), tmp_path))
    validator.validate(rows)
    for bad in (["=1", "30"], ["1", "3"], ["1", "3031"]):
        assert not validator.is_valid([*rows, ["data/original/1", *bad]])


def test_no_cell_begins_like_a_formula_or_reads_as_a_number(tmp_path: Path) -> None:
    rows = cells(written(pairs(AWKWARD), tmp_path))
    assert rows[0] == list(HEADER)
    for path, display, written_bytes in rows[1:]:
        assert path[0] == "d"
        assert display[0] not in "=+-@\t\r"
        assert len(written_bytes) == 2 or " " in written_bytes
    assert rows[4][1] == "'=cmd|' /C calc'!A0"


def test_it_is_utf8_with_its_mark_and_crlf(tmp_path: Path) -> None:
    data = written(pairs((b"1.tif",)), tmp_path).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"1.tif,31 2e 74 69 66\r\n")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("", "first_row"),
        ("a,b,c\r\n", "first_row"),
        (f"{','.join(HEADER)}\r\ndata/original/1,1\r\n", "row=2"),
        (f"{','.join(HEADER)}\r\ndata/original/1,1,31\r\ndata/original/2,2,3x\r\n", "row=3"),
        (f"{','.join(HEADER)}\r\ndata/original/1,1,2e 2e\r\n", "row=2"),
        (f'{",".join(HEADER)}\r\n"data/original/1"x,1,31\r\n', "row=2"),
    ],
)
def test_a_wrong_row_is_named(content: str, place: str, tmp_path: Path) -> None:
    path = tmp_path / "original-names.csv"
    path.write_text(content, "utf-8-sig")
    with pytest.raises(SourceError, match=place):
        list(read_original_names(path))
