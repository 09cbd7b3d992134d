"""The one reader of our TOML tables: profiles, policies, sentences, vocabularies, settings.

A table becomes a typed value, and what is wrong with it is said with its file. A key that nobody reads is an error: a
typing error in a setting must not leave things as they were without a word.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from pipeline.domain.messages import Invalid, Message, message, told_by_program, told_by_system, why
from pipeline.errors import ProfileError

T = TypeVar("T")


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as data. FileNotFoundError where there is none, ProfileError naming what is wrong in it."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ProfileError(message("table_unreadable", reason=told_by_system(error)), file=str(path)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(message("no_toml", reason=told_by_program(error)), file=str(path)) from error


def converted(data: dict[str, Any], kind: type[T], path: Path) -> T:
    """The data as a value of `kind`. ProfileError where a value does not fit, and where nobody reads a key: a typing
    error in a setting must not leave things as they were without a word."""
    unknown = sorted(_unknown(data, kind))
    if unknown:
        names = ", ".join(unknown)
        raise ProfileError(message("setting_unknown", names=names), file=str(path))
    try:
        return msgspec.convert(data, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise ProfileError(message("value_wrong", reason=refusal(error)), file=str(path)) from error


def refusal(error: Exception) -> Message:
    """Why a value was refused. msgspec puts what the type's own rules say behind an error of its own."""
    return why(error.__cause__ if isinstance(error.__cause__, Invalid) else error)


def _unknown(data: object, kind: Any, at: str = "") -> list[str]:
    """Keys in tables that the dataclass, or the dataclasses in its fields, do not have."""
    if isinstance(data, Mapping) and is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {each.name for each in fields(kind)}
        below = [_unknown(value, hints[key], f"{at}{key}.") for key, value in data.items() if key in known]
        return [f"{at}{key}" for key in data if key not in known] + [each for some in below for each in some]
    if isinstance(data, Mapping) and get_origin(kind) is dict:
        return [each for key, value in data.items() for each in _unknown(value, get_args(kind)[1], f"{at}{key}.")]
    if isinstance(data, list) and get_origin(kind) is tuple:
        return [each for value in data for each in _unknown(value, get_args(kind)[0], at)]
    return []


def merged(base: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    """`over` laid on `base`, tables merged key by key."""
    out = dict(base)
    for key, value in over.items():
        below = out.get(key)
        out[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return out
