from pathlib import Path

import pytest

from pipeline.errors import ExitCode, ProfileError, StorageError, UsageError
from pipeline.settings import SETTINGS_FILE, create_home, home_folder, language, load_home
from pipeline.stores import StoreSettings, prepare_store

LOCAL = (("local", "store"),)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANTAI_HOME", "LANTAI_LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return create_home(tmp_path / "馆", fonds="K021", name='某县"档案馆"\\', stores=LOCAL).root


def changed(home: Path, old: str, new: str) -> Path:
    text = (home / SETTINGS_FILE).read_text("utf-8")
    assert old in text
    (home / SETTINGS_FILE).write_text(text.replace(old, new), "utf-8")
    return home


def test_what_was_made_is_what_is_read(home: Path) -> None:
    made = load_home(home)
    assert made.settings.archive.name == '某县"档案馆"\\'
    assert made.settings.archive.fonds == "K021"
    assert [(s.name, s.url) for s in made.settings.stores] == [("local", (home / "store").as_uri())]
    assert made.register.parent == made.work.parent == home
    assert made.workers >= 1


def test_a_home_is_made_once(home: Path) -> None:
    before = (home / SETTINGS_FILE).read_bytes()
    with pytest.raises(UsageError, match="home_there_already"):
        create_home(home, fonds="K022", name="other", stores=LOCAL)
    assert (home / SETTINGS_FILE).read_bytes() == before


def test_the_fonds_is_put_in_normal_form(tmp_path: Path) -> None:
    assert create_home(tmp_path, fonds="Ｋ０２１", name="馆", stores=LOCAL).settings.archive.fonds == "K021"


@pytest.mark.parametrize("fonds", ["", " ", "K/021", ".."])
def test_a_fonds_that_cannot_be(tmp_path: Path, fonds: str) -> None:
    with pytest.raises(UsageError):
        create_home(tmp_path / "h", fonds=fonds, name="馆", stores=LOCAL)
    assert not (tmp_path / "h").exists()


@pytest.mark.parametrize(
    "stores", [(), (("a", "x"), ("a", "y")), (("a", "ftp://host/x"),), (("a", "s3://"),), (("a", "file://host/x"),)]
)
def test_a_home_with_an_impossible_store_is_not_half_made(tmp_path: Path, stores: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(UsageError) as error:
        create_home(tmp_path / "h", fonds="K021", name="馆", stores=stores)
    assert error.value.exit_code is ExitCode.USAGE
    assert not (tmp_path / "h" / SETTINGS_FILE).exists()
    assert create_home(tmp_path / "h", fonds="K021", name="馆", stores=LOCAL).root == tmp_path / "h"


def test_a_store_that_cannot_be_made_leaves_no_home(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        create_home(
            tmp_path / "h", fonds="K021", name="馆", stores=(("a", f"{tmp_path}/file/x"),), prepare=prepare_store
        )
    assert not (tmp_path / "h" / SETTINGS_FILE).exists()


def test_a_place_where_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="file"):
        create_home(tmp_path / "file" / "h", fonds="K021", name="馆", stores=LOCAL)


def test_no_home(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no_home"):
        load_home(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("workers = 0", "workers = -1", "work_settings"),
        ("workers = 0", 'workers = "two"', "workers"),
        ("workers = 0", "workerz = 0", "work.workerz"),
        ("workers = 0", 'language = "fr"', "language"),
        ("[work]", "[works]", "works"),
        ("[[store]]", "[[stores]]", "stores_as_tables"),
        ('url = "store"', "", "url"),
        ('url = "store"', 'url = "store"\nsecret = "x"', "secret"),
        ('url = "store"', 'url = "s3://key:secret@bucket/x"', "credentials"),
        ("[[store]]", '[[store]]\nname = "local"\nurl = "y"\n[[store]]', "stores_named_apart"),
        ("[archive]", "[archive", "line 2"),
    ],
)
def test_what_is_wrong_is_named_with_the_file(home: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ProfileError) as error:
        load_home(changed(home, old, new))
    assert error.value.file == str(home / SETTINGS_FILE)
    assert told in str(error.value)


def test_no_store_at_all(home: Path) -> None:
    text = (home / SETTINGS_FILE).read_text("utf-8")
    (home / SETTINGS_FILE).write_text(text[: text.index("[[store]]")], "utf-8")
    with pytest.raises(ProfileError, match="stores_named_apart"):
        load_home(home)


def test_secrets_and_endpoints_come_from_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(home, 'name = "local"', 'name = "主库-1"')
    for key in ("ACCESS_KEY", "SECRET_KEY", "ENDPOINT"):
        monkeypatch.setenv(f"LANTAI_STORE____1_{key}", key.lower())
    (store,) = load_home(home).settings.stores
    assert (store.access_key, store.secret_key, store.endpoint) == ("access_key", "secret_key", "endpoint")
    assert "secret_key'" not in repr(store)


def test_a_profile_of_ones_own_lies_in_the_home(home: Path) -> None:
    changed(home, "workers = 0", 'workers = 3\nprofile = "ours.toml"')
    made = load_home(home)
    assert made.settings.work.profile == str(home / "ours.toml")
    assert (made.workers, made.records) == (3, 6)
    changed(home, '"ours.toml"', '"originals-only"')
    assert load_home(home).settings.work.profile == "originals-only"


def test_which_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert home_folder(None) == tmp_path / "lantai-home"
    monkeypatch.setenv("LANTAI_HOME", "elsewhere")
    assert home_folder(None) == tmp_path / "elsewhere"
    assert home_folder(Path("/third")) == Path("/third")


def test_which_language(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert language() == "both"
    changed(home, "workers = 0", 'language = "zh"')
    assert language("", home) == "zh"
    monkeypatch.setenv("LANTAI_LANG", "en")
    assert language("", home) == "en"
    assert language("both", home) == "both"
    with pytest.raises(UsageError):
        language("fr")


def test_a_home_with_broken_settings_has_no_language(home: Path) -> None:
    assert language("", changed(home, "workers = 0", "workers = -1")) == "both"


def test_preparing_is_asked_for_every_store(tmp_path: Path) -> None:
    asked: list[StoreSettings] = []
    create_home(tmp_path / "h", fonds="K021", name="馆", stores=(("a", "x"), ("b", "/mnt/y")), prepare=asked.append)
    assert [(s.name, s.url) for s in asked] == [("a", (tmp_path / "h" / "x").as_uri()), ("b", "file:///mnt/y")]


def test_a_home_of_version_0_1_0_says_lanes(home: Path) -> None:
    assert load_home(changed(home, "workers = 0", "lanes = 3")).workers == 3


def test_the_register_may_lie_elsewhere(home: Path, tmp_path: Path) -> None:
    assert load_home(home).register == home / "register.db"
    elsewhere = f'[register]\nurl = "sqlite:///{tmp_path}/r.db"\n\n[[store]]'
    assert load_home(changed(home, "[[store]]", elsewhere)).register == tmp_path / "r.db"


def test_a_register_of_a_kind_that_is_not_known(home: Path) -> None:
    changed(home, "[[store]]", '[register]\nurl = "mysql://host/db"\n\n[[store]]')
    with pytest.raises(ProfileError, match="register_url_wrong"):
        _ = load_home(home).register
