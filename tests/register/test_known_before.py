from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.register.known_before import KnownBefore, known_before
from pipeline.register.sqlite import open_register
from tests.makers.real_packages import an_index, copies_of

INDEX = an_index("K021-WS·2001·Y-0001")


@pytest.fixture
def before(tmp_path: Path) -> Iterator[KnownBefore]:
    with open_register(tmp_path / "register.db") as register:
        register.add_version(INDEX, copies_of(INDEX, "nas", "tape"), (), source_state="s")
        register.know_store("nas", "a" * 32)
    with known_before(tmp_path / "register.db") as known:
        yield known


def test_a_version_is_known_with_its_copies(before: KnownBefore) -> None:
    known = before.version(INDEX.package_id, 1)
    assert known is not None
    assert (known.index, known.copies) == (INDEX, copies_of(INDEX, "nas", "tape"))
    assert before.written(INDEX.package_id, 1) == INDEX.written
    assert list(before.versions()) == [(INDEX.package_id, 1, INDEX.archival_code)]
    assert before.store_identity("nas") == "a" * 32


def test_what_was_never_known(before: KnownBefore) -> None:
    assert before.version(INDEX.package_id, 2) is before.written("other", 1) is None
    assert list(before.disposals()) == []
    assert before.store_identity("tape") == ""
    assert before.problems == []


def test_noise_costs_what_it_would_have_told(tmp_path: Path) -> None:
    (tmp_path / "register.db").write_bytes(b"noise" * 2000)
    with known_before(tmp_path / "register.db") as known:
        assert list(known.versions()) == []
        assert known.written("x", 1) is None
        assert [each.code for each in known.problems] == ["register_damaged"]
