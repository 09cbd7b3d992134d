"""Vocabularies: code lists of the standards, from `profiles/vocabularies/`."""

from dataclasses import dataclass
from functools import cache

from pipeline.profiles import PROFILES
from pipeline.toml_tables import converted, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Categories:
    categories: dict[str, _Names]


@cache
def categories() -> dict[str, str]:
    """档案门类代码 by Chinese name, English name and the code itself (DA/T 13-2022), keys case-folded.

    Raises ProfileError where the table is broken.
    """
    path = PROFILES / "vocabularies" / "categories.toml"
    rows = converted(read_toml(path), _Categories, path).categories
    by_name = {name.casefold(): code for code, names in rows.items() for name in (code, names.zh, names.en)}
    return by_name | {f"{names.zh}档案".casefold(): code for code, names in rows.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variants:
    groups: tuple[str, ...]


@cache
def variants() -> dict[int, str]:
    """异体字 that a search takes for one another: for `str.translate`, each to the first of its group.

    Raises ProfileError where the table is broken.
    """
    path = PROFILES / "vocabularies" / "variants.toml"
    groups = converted(read_toml(path), _Variants, path).groups
    return {ord(char): group[0] for group in groups for char in group[1:]}
