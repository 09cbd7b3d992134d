"""The format policy: which formats we know, and what is made of each; data from `profiles/formats/`.

This module is light on purpose: the handlers, and the libraries behind them, are loaded in the workers only.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import msgspec

from pipeline.domain.formats import FileFormat, MediaKind
from pipeline.errors import ProfileError
from pipeline.profiles import PROFILES

FOLDER = PROFILES / "formats"
KNOWN_FORMATS = "media_types.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoParameters:
    """For actions that take none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageParameters:
    """Pictures as pages of one PDF. A resolution below `lowest_dpi` is what software writes when it does not know:
    `default_dpi` is taken instead. Pixels that cannot be taken over as they are encoded are packed without loss;
    those of the media types in `as_jpeg`, which are lossy already, as JPEG at `quality`."""

    default_dpi: int = 300
    lowest_dpi: int = 100
    as_jpeg: tuple[str, ...] = ()
    quality: int = 90

    def __post_init__(self) -> None:
        _within("default_dpi", self.default_dpi, 50, 4800)
        _within("quality", self.quality, 50, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoParameters:
    """A JPEG per photo, at most so many pixels long."""

    longest_side: int = 2560
    quality: int = 85

    def __post_init__(self) -> None:
        _within("longest_side", self.longest_side, 200, 20_000)
        _within("quality", self.quality, 50, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoParameters:
    """H.264 and AAC in MP4. What is so already, and no longer than `longest_side`, is copied track by track."""

    longest_side: int = 1920
    crf: int = 23
    preset: str = "veryfast"
    audio_bitrate: str = "160k"

    def __post_init__(self) -> None:
        _within("longest_side", self.longest_side, 160, 8192)
        _within("crf", self.crf, 0, 51)
        _bitrate("audio_bitrate", self.audio_bitrate)
        if self.preset not in {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"}:
            raise ValueError(f"there is no preset {self.preset!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioParameters:
    """AAC in M4A."""

    bitrate: str = "160k"

    def __post_init__(self) -> None:
        _bitrate("bitrate", self.bitrate)


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} runs from {low} to {high}, not {value}")


def _bitrate(name: str, value: str) -> None:
    if not value.endswith("k") or not value[:-1].isdigit() or not 32 <= int(value[:-1]) <= 512:
        raise ValueError(f'{name} runs from "32k" to "512k", not {value!r}')


ACTIONS: Mapping[tuple[str, str], type] = {
    ("image", "pages"): PageParameters,
    ("image", "photo"): PhotoParameters,
    ("image", "none"): NoParameters,
    ("pdf", "copy"): NoParameters,
    ("video", "mp4"): VideoParameters,
    ("audio", "m4a"): AudioParameters,
    ("office", "pdf"): NoParameters,
    ("text", "keep"): NoParameters,
}
"""Every (handler, action) there is, with its parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFormat:
    """A format we know. `extensions` are those its files' names may carry, without dot; `aliases` other media types
    that mean it; `puids` those PRONOM identifiers that settle it; `container` and `encrypted` as in the table."""

    media_type: str
    kind: MediaKind
    name: str
    extensions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    puids: tuple[str, ...] = ()
    container: bool = False
    encrypted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row: what must fit, and what is then done."""

    handler: str
    action: str
    kind: MediaKind | None = None
    media_types: tuple[str, ...] = ()
    puids: tuple[str, ...] = ()
    images: str = ""
    parameters: dict[str, str | int | tuple[str, ...]] = field(default_factory=dict)

    def fits(self, format: FileFormat, images: str) -> bool:
        """Whether the row is for this format; `images` is `pages` or `photos`."""
        return (
            (self.kind is None or self.kind is format.kind)
            and (not self.media_types or format.media_type in self.media_types)
            and (not self.puids or format.puid in self.puids)
            and self.images in {"", images}
        )

    def settings(self) -> Any:
        """The parameters as the action's own type."""
        return msgspec.convert(self.parameters, ACTIONS[self.handler, self.action])


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatPolicy:
    """The formats we know and the rows, in order."""

    name: str
    title_zh: str
    title_en: str
    rules: tuple[Rule, ...]
    formats: tuple[KnownFormat, ...]

    def by_puid(self, puid: str) -> KnownFormat | None:
        """The format that a PRONOM identifier settles."""
        return next((known for known in self.formats if puid in known.puids), None)

    def by_media_type(self, media_type: str) -> KnownFormat | None:
        """The format that a media type means."""
        return next((k for k in self.formats if media_type == k.media_type or media_type in k.aliases), None)

    def by_extension(self, extension: str) -> tuple[KnownFormat, ...]:
        """Formats whose files carry the extension."""
        return tuple(known for known in self.formats if extension in known.extensions)

    def rule_for(self, format: FileFormat, images: str) -> Rule | None:
        """The first row that fits."""
        return next((rule for rule in self.rules if rule.fits(format, images)), None)


def load_policy(name: str, *, folder: Path = FOLDER) -> FormatPolicy:
    """The policy `name` with the table of known formats. Raises ProfileError naming file and row."""
    path = folder / f"{name}.toml"
    data = _table(path)
    rules = data.get("rules", [])
    for row, rule in enumerate(rules, start=1):
        _check_rule(rule, path, row)
    known = _table(folder / KNOWN_FORMATS)
    try:
        policy = msgspec.convert(data | known, FormatPolicy)
    except (msgspec.ValidationError, ValueError) as error:
        raise ProfileError(str(error), file=str(path)) from error
    _check_formats(policy.formats, folder / KNOWN_FORMATS)
    return policy


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.toml") if p.name != KNOWN_FORMATS))
        raise ProfileError(f"there is no such format policy; known are: {known}", file=str(path)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(str(error), file=str(path)) from error


def _check_rule(data: object, path: Path, row: int) -> None:
    """One row: known columns, a known handler and action, parameters that the action takes."""
    try:
        rule = msgspec.convert(data, Rule)
    except (msgspec.ValidationError, ValueError) as error:
        raise ProfileError(str(error), file=str(path), row=row) from error
    assert isinstance(data, dict)
    _refuse_unknown(set(data), Rule, path, row)
    parameters = ACTIONS.get((rule.handler, rule.action))
    if parameters is None:
        known = ", ".join(f"{handler}/{action}" for handler, action in ACTIONS)
        message = f"there is no action {rule.handler}/{rule.action}; known are: {known}"
        raise ProfileError(message, file=str(path), row=row, column="action")
    if rule.images not in {"", "pages", "photos"}:
        raise ProfileError(
            f'images is "pages" or "photos", not {rule.images!r}', file=str(path), row=row, column="images"
        )
    _refuse_unknown(set(rule.parameters), parameters, path, row)
    try:
        rule.settings()
    except (msgspec.ValidationError, ValueError) as error:
        raise ProfileError(str(error), file=str(path), row=row, column="parameters") from error


def _refuse_unknown(given: set[str], type_: type, path: Path, row: int) -> None:
    unknown = given - {each.name for each in fields(type_)}
    if unknown:
        raise ProfileError(f"nobody reads {', '.join(sorted(unknown))}", file=str(path), row=row)


def _check_formats(formats: tuple[KnownFormat, ...], path: Path) -> None:
    """A media type or identifier that stands in two rows would be decided by their order."""
    seen: set[str] = set()
    for row, known in enumerate(formats, start=1):
        for name in (known.media_type, *known.aliases, *known.puids):
            if name in seen:
                raise ProfileError(f"{name} stands in an earlier row too", file=str(path), row=row)
            seen.add(name)
