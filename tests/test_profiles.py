from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.digests import Algorithm
from pipeline.domain.findings import Severity
from pipeline.errors import ExitCode, ProfileError
from pipeline.profiles import DEFAULT_PROFILE, PROFILES, load_profile


def written(folder: Path, text: str, name: str = "ours.toml") -> str:
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_profile_that_comes_with_the_program_can_be_used(path: Path) -> None:
    profile = load_profile(path.stem)
    assert profile.name == path.stem
    assert set(profile.delivery.required) <= set(profile.delivery.headers)


def test_one_profile_lies_on_another() -> None:
    county, originals = load_profile(DEFAULT_PROFILE), load_profile("originals-only")
    assert county.normalise
    assert not originals.normalise
    assert originals.delivery == county.delivery
    assert originals.severities == county.severities


def test_what_is_laid_over_keeps_the_rest(tmp_path: Path) -> None:
    name = written(
        tmp_path,
        'extends = "county"\nname = "ours"\ndigests = ["sha256", "sm3"]\n'
        '[severities]\npage_gap = "warning"\n[categories.KJ]\nimages = "photos"\n[limits]\nmax_rows = 7\n',
    )
    profile = load_profile(name)
    assert profile.severity("page_gap") is Severity.WARNING
    assert profile.severity("retention_unclear") is Severity.QUESTION
    assert profile.images_of("KJ") == profile.images_of("ZP") == "photos"
    assert profile.images_of("WS") == "pages"
    assert profile.limits.max_rows == 7
    assert profile.digests == (Algorithm.SHA256, Algorithm.SM3)


def test_what_is_extended_is_looked_for_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 'extends = "county"\nname = "base"\nnormalise = false\n', "base.toml")
    name = written(tmp_path, 'extends = "base.toml"\nname = "ours"\n')
    monkeypatch.chdir("/")
    assert load_profile(name).normalise is False


def test_a_finding_without_severity_is_an_error() -> None:
    assert load_profile(DEFAULT_PROFILE).severity("never_heard_of") is Severity.ERROR


def test_a_profile_written_before_there_were_missing_copies_keeps_no_record_back_for_them() -> None:
    plain = replace(load_profile(DEFAULT_PROFILE), severities={})
    assert {plain.severity(code) for code in ("derived_copy_missing", "facts_not_read")} == {Severity.WARNING}


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert load_profile(written(tmp_path, '\ufeffextends = "county"\nname = "记事本"\n')).name == "记事本"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "x', "no_toml"),
        ('extends = "county"\nnormalize = false', "normalize"),
        ('extends = "county"\n[delivery]\nflat_patern = "x"', "delivery.flat_patern"),
        ('extends = "county"\n[limits]\nmax_row = 3', "limits.max_row"),
        ('extends = "county"\n[categories.ZP]\nimage = "photos"', "categories.ZP.image"),
        ('extends = "county"\n[categories.ZP]\nimages = "photo"', "photo"),
        ('extends = "county"\n[severities]\npage_gap = "grave"', "grave"),
        ('extends = "county"\n[limits]\nmax_rows = "many"', "max_rows"),
        ('extends = "county"\ndigests = ["md5"]', "digests"),
        ('extends = "county"\ndigests = ["sm3"]', "sha256"),
        ('extends = "county"\n[delivery]\nflat_pattern = "(("', "pattern=(("),
        ('extends = "county"\n[delivery]\nflat_pattern = "(?P<code>.*)"', "page"),
        ('extends = "county"\n[delivery.headers]\ntitel = ["题名"]', "titel"),
        ('extends = "county"\n[delivery]\nrequired = ["pages"]', "pages"),
        ('extends = "nowhere"', "county"),
        ('extends = "ours.toml"', "ours.toml"),
        ('name = "alone"', "title_zh"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    name = written(tmp_path, text)
    with pytest.raises(ProfileError) as error:
        load_profile(name)
    assert error.value.exit_code is ExitCode.PROFILE
    assert ".toml" in error.value.file
    assert told in str(error.value)


def test_two_that_extend_each_other(tmp_path: Path) -> None:
    written(tmp_path, 'extends = "b.toml"', "a.toml")
    written(tmp_path, 'extends = "a.toml"', "b.toml")
    with pytest.raises(ProfileError, match=r"a\.toml → .*b\.toml"):
        load_profile(str(tmp_path / "a.toml"))


def test_unknown_name_tells_those_there_are() -> None:
    with pytest.raises(ProfileError, match="county, originals-only"):
        load_profile("contry")


def test_not_text(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match="no_toml"):
        load_profile(str(tmp_path / "x.toml"))


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "x.toml").mkdir()
    with pytest.raises(ProfileError, match=r"x\.toml"):
        load_profile(str(tmp_path / "x.toml"))
