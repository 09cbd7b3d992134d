"""Settings of an archive home: `lantai.toml`, and the environment for what must not stand in a file.

Secrets of a store come from `LANTAI_STORE_<NAME>_ACCESS_KEY` and `…_SECRET_KEY` (the name in capitals, other
characters than letters and digits as `_`), or from the usual `AWS_…` variables. This is the only module that
reads the environment.
"""

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from pipeline.domain.identifiers import ArchivalCode
from pipeline.domain.messages import Invalid, message, told_by_system, why
from pipeline.errors import PipelineError, ProfileError, UsageError
from pipeline.profiles import DEFAULT_PROFILE
from pipeline.register.address import DEFAULT_URL, sqlite_path
from pipeline.stores import open_store
from pipeline.stores.kind import StoreSettings
from pipeline.toml_tables import converted, read_toml

SETTINGS_FILE = "lantai.toml"
MOST_WORKERS = 8
DEFAULT_HOME = "lantai-home"
LANGUAGES = ("both", "zh", "en")
_OWN_NAMES = {"store": "stores"}
"""What is called otherwise in the file: each store is a table [[store]]."""
_EARLIER_NAMES = {"lanes": "workers"}
"""In [work]: what version 0.1.0 called otherwise; its homes are read as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSettings:
    """The archives (档案馆) and the fonds (全宗) it keeps here by default; `group` is the system's group that may read
    home and stores, nobody but the owner where it is empty."""

    name: str
    fonds: str
    fonds_name: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSettings:
    """How work is done: so many `workers` (0: one per processor), the usual profile, and the language."""

    workers: int = 0
    profile: str = DEFAULT_PROFILE
    language: str = "both"

    def __post_init__(self) -> None:
        if self.workers < 0 or self.language not in LANGUAGES:
            raise Invalid(message("work_settings", languages=", ".join(LANGUAGES)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSettings:
    """Where the register lies; see `register.address`."""

    url: str = DEFAULT_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a home. `stores` are in the order of the file; their secrets are filled in."""

    archive: ArchiveSettings
    stores: tuple[StoreSettings, ...]
    work: WorkSettings = WorkSettings()
    register: RegisterSettings = RegisterSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """An archive home: the folder and what lies where in it."""

    root: Path
    settings: Settings

    @property
    def register(self) -> Path:
        """The register's database file. ProfileError where the settings name none."""
        return sqlite_path(self.settings.register.url, base=self.root)

    @property
    def work(self) -> Path:
        """Records under work."""
        return self.root / "work"

    @property
    def scratch(self) -> Path:
        """Where tools put what they need while they work."""
        return self.root / "scratch"

    @property
    def workers(self) -> int:
        """Tool workers of a kind; where the settings do not say, at most MOST_WORKERS (some 220 MB of memory each)."""
        return self.settings.work.workers or min(len(os.sched_getaffinity(0)), MOST_WORKERS)

    @property
    def records(self) -> int:
        """Records under work at once: more than workers, for half of its time a record waits for a disk."""
        return 2 * self.workers


def language(chosen: str = "", home: Path | None = None) -> str:
    """`both`, `zh` or `en`: what was asked for, else `LANTAI_LANG`, else the home's setting, else both."""
    value = chosen or os.environ.get("LANTAI_LANG", "") or _home_language(home)
    if value not in LANGUAGES:
        raise UsageError(message("language_unknown", value=value, languages=", ".join(LANGUAGES)))
    return value


def _home_language(chosen: Path | None) -> str:
    """The home's language; both where there is no home, or one whose settings `load_home` will complain of."""
    try:
        return load_home(chosen).settings.work.language
    except PipelineError:
        return "both"


def home_folder(chosen: Path | None) -> Path:
    """The home asked for, else `LANTAI_HOME`, else `./lantai-home`."""
    return (chosen or Path(os.environ.get("LANTAI_HOME", "") or DEFAULT_HOME)).absolute()


def load_home(chosen: Path | None) -> Home:
    """The home with its settings. UsageError where there is none, ProfileError naming what is wrong in the file."""
    root = home_folder(chosen)
    path = root / SETTINGS_FILE
    try:
        data = read_toml(path)
    except FileNotFoundError:
        raise UsageError(message("no_home", folder=root)) from None
    return _home(root, data)


def _home(root: Path, data: dict[str, Any]) -> Home:
    """The home of these settings. The file says `[[store]]`; a relative profile or store is meant from the home."""
    path = root / SETTINGS_FILE
    if "stores" in data:
        raise ProfileError(message("stores_as_tables"), file=str(path))
    named = {_OWN_NAMES.get(key, key): _renamed(value) if key == "work" else value for key, value in data.items()}
    settings = converted({"stores": [], **named}, Settings, path)
    names = [store.name for store in settings.stores]
    if not names or len(set(names)) != len(names):
        raise ProfileError(message("stores_named_apart"), file=str(path))
    profile = settings.work.profile
    work = replace(settings.work, profile=str(root / profile) if profile.endswith(".toml") else profile)
    stores = tuple(_complete(store, root) for store in settings.stores)
    return Home(root=root, settings=replace(settings, stores=stores, work=work))


def _renamed(work: object) -> object:
    """The table [work] with today's names; what is no table, or has both names, is left for `converted` to refuse."""
    if not isinstance(work, dict):
        return work
    return {key if (new := _EARLIER_NAMES.get(key, key)) in work else new: value for key, value in work.items()}


def _complete(store: StoreSettings, root: Path) -> StoreSettings:
    """A URL without a scheme is a folder of the home; secrets come from the environment."""
    url = store.url if re.match(r"^[a-z0-9]+://", store.url) else (root / store.url).absolute().as_uri()
    prefix = f"LANTAI_STORE_{re.sub(r'[^A-Z0-9]', '_', store.name.upper())}_"
    return replace(
        store,
        url=url,
        access_key=os.environ.get(f"{prefix}ACCESS_KEY", store.access_key),
        secret_key=os.environ.get(f"{prefix}SECRET_KEY", store.secret_key),
        endpoint=os.environ.get(f"{prefix}ENDPOINT", store.endpoint),
    )


def create_home(
    root: Path,
    *,
    fonds: str,
    name: str,
    stores: tuple[tuple[str, str], ...],
    prepare: Callable[[StoreSettings], object] = open_store,
) -> Home:
    """Makes a home with `lantai.toml`. `stores` are (name, URL); `prepare` makes each ready, or refuses it.

    The settings are written last: a home that could not be made in full is none, and can be made again. UsageError
    where there is one already, or the fonds, a store or the folder is impossible.
    """
    path = root / SETTINGS_FILE
    if path.exists():
        raise UsageError(message("home_there_already", folder=root))
    try:
        text = _settings_text(ArchivalCode.parse(fonds).value, name, stores)
        home = _home(root, tomllib.loads(text))
        for store in home.settings.stores:
            prepare(store)
    except ValueError as error:
        raise UsageError(message("fonds_unusable", fonds=fonds, reason=why(error))) from error
    except ProfileError as error:
        raise UsageError(error.message) from error
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        (root / "work").mkdir(mode=0o700, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(text, "utf-8")
        partial.chmod(0o600)
        partial.replace(path)
    except OSError as error:
        raise UsageError(message("home_not_made", folder=root, reason=told_by_system(error))) from error
    return home


def _settings_text(fonds: str, name: str, stores: tuple[tuple[str, str], ...]) -> str:
    lines = [
        "# 兰台保存库设置 · settings of this lantai archive home",
        "[archive]",
        f"name = {_quoted(name)}",
        f"fonds = {_quoted(fonds)}",
        "",
        "[work]",
        "# 0：每个处理器一条 · 0: one worker per processor",
        "workers = 0",
        "",
        "# 至少两处、建议三处，地点和介质不同",
        "# at least two copies, better three, in different places and on different media",
    ]
    for store_name, url in stores:
        lines += [
            "[[store]]",
            f"name = {_quoted(store_name)}",
            f"url = {_quoted(url)}",
            'place = ""',
            'medium = ""',
            "",
        ]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's."""
    return msgspec.json.encode(text).decode()
