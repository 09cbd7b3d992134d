"""Names of files: every one arrives, gets a safe path of its own, and gives its bytes back."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.names import MAX_COMPONENT_BYTES, OriginalName, safe_component, safe_paths
from tests.makers.odd_names import ARCHIVES, unpacked

components = st.binary(min_size=1, max_size=255).filter(
    lambda b: b"/" not in b and b"\0" not in b and b not in {b".", b".."}
)
texts = (
    st.text(min_size=1, max_size=80)
    .map(lambda s: s.encode("utf-8", "replace"))
    .filter(lambda b: b"/" not in b and b"\0" not in b and b not in {b".", b".."})
)
paths = st.lists(components | texts, min_size=1, max_size=4).map(b"/".join)


def _refused_somewhere(component: str) -> bool:
    return bool(
        re.search(r'[\\:*?"<>|\x00-\x1f\x7f]', component)
        or component != component.strip(". ")
        or re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", component)
        or any(unicodedata.category(c) in {"Cc", "Cs"} for c in component)
    )


@given(components | texts)
def test_a_safe_component_is_taken_by_every_system(raw: bytes) -> None:
    safe = safe_component(raw)
    assert not _refused_somewhere(safe)
    assert 0 < len(safe.encode()) <= MAX_COMPONENT_BYTES
    assert safe == unicodedata.normalize("NFC", safe)


@given(st.lists(paths, max_size=12))
def test_safe_paths_never_meet_even_where_case_is_not_told_apart(raws: list[bytes]) -> None:
    names = [OriginalName.of(raw) for raw in dict.fromkeys(raws)]
    chosen = safe_paths(names)
    assert set(chosen) == set(names)
    alike = {unicodedata.normalize("NFC", path).casefold() for path in chosen.values()}
    assert len(alike) == len(names)


@given(st.lists(paths, max_size=12), st.randoms())
def test_safe_paths_do_not_depend_on_the_order(raws: list[bytes], chance: object) -> None:
    names = [OriginalName.of(raw) for raw in raws]
    shuffled = list(names)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert safe_paths(names) == safe_paths(shuffled)


@given(paths)
def test_raw_bytes_come_back(raw: bytes) -> None:
    name = OriginalName.of(raw)
    assert name.raw == raw
    assert OriginalName(raw_hex=name.raw_hex) == name
    assert name.is_utf8 == (raw.decode("utf-8", "replace").encode() == raw)
    assert not any(unicodedata.category(c) == "Cc" for c in name.display)


@pytest.mark.parametrize("raw", [b"", b"/a", b"a//b", b"../a", b"a/..", b"./a", b"a\0b", b"a/"])
def test_what_is_no_relative_path_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="no_relative_path"):
        OriginalName.of(raw)


def test_chinese_and_rare_characters_stay_as_they_are() -> None:
    for name in ("汇.txt", "会.txt", "慧.txt", "陈𠮷顺.tif", "刘㐱德（复印）.tif"):
        assert safe_component(name.encode()) == name


@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_odd_name_arrives(archive: str, tmp_path: Path) -> None:
    raws = list(unpacked(archive, tmp_path))
    names = [OriginalName.of(raw) for raw in raws]
    assert len(raws) > 10
    chosen = safe_paths(names)
    assert len(set(chosen.values())) == len(raws)
    assert not any(_refused_somewhere(part) for path in chosen.values() for part in path.split("/"))
    assert sorted(name.raw for name in chosen) == sorted(raws)
