"""From what somebody typed to a package in the register."""

from typing import Annotated

from cyclopts import Parameter

from pipeline.domain.identifiers import ArchivalCode, PackageId, normalise_code
from pipeline.domain.messages import message
from pipeline.domain.packages import PackageIndex
from pipeline.errors import UsageError
from pipeline.ports import Register

Version = Annotated[
    int | None, Parameter(name="--version", help="第几版，默认最新 · which version, the newest by default")
]
"""Option of the commands that take one version of a package."""


def find_index(register: Register, typed: str, version: int | None = None) -> PackageIndex:
    """A version, the newest by default, under a package identifier or archival code, however its dots and dashes were
    typed.

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
    near = [row.package_id for row, _ in zip(register.packages(text=normalise_code(typed)), range(5), strict=False)]
    if near:
        raise UsageError(message("no_such_package_but", typed=typed, near=", ".join(near)))
    raise UsageError(message("no_such_package", typed=typed))


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
