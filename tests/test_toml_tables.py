"""One reader for all our tables: what is wrong is said with its file, and nothing is passed over."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.errors import ProfileError
from pipeline.toml_tables import converted, merged, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    rows: tuple[Row, ...] = ()
    named: dict[str, Row] = field(default_factory=dict)


def test_a_table_becomes_a_value(tmp_path: Path) -> None:
    path = tmp_path / "表.toml"
    path.write_text('\ufeff[[rows]]\nname = "𠮷"\n[named.a]\nname = "b"\nsize = 2\n', "utf-8")
    assert converted(read_toml(path), Table, path) == Table(rows=(Row(name="𠮷"),), named={"a": Row(name="b", size=2)})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[rows]]\nname = 'a'\nsise = 2\n", "sise"),
        ("[named.a]\nname = 'a'\nsise = 2\n", "named.a.sise"),
        ("[[rows]]\nname = 3\n", "name"),
        ("[[rows]\n", "no_toml"),
    ],
)
def test_what_is_wrong_is_told_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ProfileError, match=told) as caught:
        converted(read_toml(path), Table, path)
    assert caught.value.file == str(path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_bytes("甲 = 1".encode("gb18030"))
    with pytest.raises(ProfileError):
        read_toml(path)


def test_no_file_is_its_callers_to_judge(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_toml(tmp_path / "none.toml")


def test_tables_are_laid_on_one_another_key_by_key() -> None:
    base: dict[str, object] = {"a": {"x": 1, "y": 2}, "b": [1]}
    assert merged(base, {"a": {"y": 3}, "b": [2]}) == {"a": {"x": 1, "y": 3}, "b": [2]}
    assert base == {"a": {"x": 1, "y": 2}, "b": [1]}
