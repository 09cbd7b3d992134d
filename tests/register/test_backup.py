from pathlib import Path

import pytest

from pipeline.errors import RegisterError, UsageError
from pipeline.register.backup import back_up
from pipeline.register.known_before import known_before
from pipeline.register.sqlite import open_register
from tests.makers.real_packages import an_index, copies_of

INDEX = an_index("K021-WS·2001·Y-0001")


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.db"
    with open_register(path) as made:
        made.add_version(INDEX, copies_of(INDEX, "nas"), (), source_state="s")
    return path


def test_a_copy_is_whole_though_the_register_is_in_use(register: Path, tmp_path: Path) -> None:
    with open_register(register) as used:
        other = an_index("K021-WS·2001·Y-0002")
        used.add_version(other, copies_of(other, "nas"), (), source_state="s")
        copy = back_up(register, tmp_path / "copy.db", at="t", keep=1)
    with known_before(tmp_path / "lost.db", copy) as known:
        assert [package_id for package_id, _, _ in known.versions()] == [INDEX.package_id, other.package_id]
    assert copy.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("copy.db?*"))


def test_of_those_in_a_folder_the_newest_stay(register: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    for day in range(1, 5):
        back_up(register, tmp_path / "kept", at=f"2026010{day}T000000Z", keep=2)
    assert sorted(path.name[9:17] for path in (tmp_path / "kept").iterdir()) == ["20260103", "20260104"]


def test_nothing_is_overwritten(register: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"mine")
    with pytest.raises(UsageError):
        back_up(register, tmp_path / "copy.db", at="t", keep=1)
    with pytest.raises(UsageError):
        back_up(register, tmp_path / "nowhere" / "copy.db", at="t", keep=1)


def test_noise_is_no_copy(register: Path, tmp_path: Path) -> None:
    register.write_bytes(b"noise" * 999)
    with pytest.raises(RegisterError):
        back_up(register, tmp_path / "copy.db", at="t", keep=1)
    with pytest.raises(RegisterError):
        back_up(tmp_path / "gone.db", tmp_path / "copy.db", at="t", keep=1)
    assert not list(tmp_path.glob("copy.db*"))
