"""From what somebody typed to a package in the register."""

from difflib import SequenceMatcher
from itertools import islice
from typing import Annotated

from cyclopts import Parameter

from pipeline.domain.identifiers import ArchivalCode, PackageId, loose_code, normalise_code
from pipeline.domain.messages import message
from pipeline.domain.packages import PackageIndex
from pipeline.errors import UsageError
from pipeline.ports import Register, Sought

Version = Annotated[
    int | None, Parameter(name="--version", help="第几版，默认最新 · which version, the newest by default")
]
"""Option of the commands that take one version of a package."""
_MOST_NEAR = 5
_SHORTEST = 3
"""Characters of a code that say something."""


def find_index(register: Register, typed: str, version: int | None = None) -> PackageIndex:
    """A version, the newest by default, under a package identifier or archival code, however its dots, dashes and
    letters were typed.

    UsageError naming near packages, or the versions there are, where there is none.
    """
    for candidate in dict.fromkeys((typed, normalise_code(typed), *_as_code(typed))):
        index = register.index(candidate)
        if index is not None:
            return index if version in {None, index.version} else _earlier(register, index.package_id, version)
    for candidate in (typed, normalise_code(typed), *_as_code(typed)):
        for let_go in register.disposals(candidate):
            said = {"at": let_go.at, "by": let_go.by, "reason": let_go.reason}
            raise UsageError(message("package_let_go", typed=typed, **said))
    alike = register.codes_like(typed)
    if len(alike) == 1 and (found := register.index(alike[0])) is not None:
        return found if version in {None, found.version} else _earlier(register, found.package_id, version)
    near = alike or _near(register, typed)
    if near:
        raise UsageError(message("no_such_package_but", typed=typed, near=", ".join(near[:_MOST_NEAR])))
    raise UsageError(message("no_such_package", typed=typed))


def _near(register: Register, typed: str) -> tuple[str, ...]:
    """The codes nearest to what was typed: those that share most of their beginning with it, or hold it."""
    beginning = normalise_code(typed)
    while len(beginning) >= _SHORTEST:
        found = register.codes_like(beginning, begin=True)
        if found:
            asked = loose_code(typed)
            return tuple(
                sorted(found, key=lambda code: (-SequenceMatcher(None, asked, loose_code(code)).ratio(), code))
            )
        beginning = beginning[:-1]
    rows = register.packages(Sought(words=typed))
    return tuple(row.package_id for row in islice(rows, _MOST_NEAR))


def _earlier(register: Register, package_id: str, version: int | None) -> PackageIndex:
    index = register.index(package_id, version)
    if index is None:
        known = ", ".join(map(str, register.versions(package_id)))
        raise UsageError(message("no_such_version", package=package_id, version=version, known=known))
    return index


def _as_code(typed: str) -> tuple[str, ...]:
    try:
        return (PackageId.of(ArchivalCode.parse(typed)).value,)
    except ValueError:
        return ()
