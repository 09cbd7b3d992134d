"""Vocabularies: code lists of the standards, from `profiles/vocabularies/`."""

import tomllib
from functools import cache

from pipeline.errors import ProfileError
from pipeline.profiles import PROFILES


@cache
def categories() -> dict[str, str]:
    """档案门类代码 by Chinese name, English name and the code itself (DA/T 13-2022), keys case-folded.

    Raises ProfileError where the table is missing or broken.
    """
    path = PROFILES / "vocabularies" / "categories.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        rows = [(code, (str(row["zh"]), str(row["en"]))) for code, row in table["categories"].items()]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ProfileError(f"{type(error).__name__}: {error}", file=str(path)) from error
    by_name = {name.casefold(): code for code, names in rows for name in (code, *names)}
    return by_name | {f"{names[0]}档案".casefold(): code for code, names in rows}
