"""From what somebody typed to a package in the register."""

from pipeline.domain.identifiers import ArchivalCode, PackageId, normalise_code
from pipeline.domain.messages import message
from pipeline.domain.packages import PackageIndex
from pipeline.errors import UsageError
from pipeline.ports import Register


def find_index(register: Register, typed: str) -> PackageIndex:
    """The newest version under a package identifier or archival code, however its dots and dashes were typed.

    UsageError naming near ones where there is none.
    """
    for candidate in dict.fromkeys((typed, normalise_code(typed), *_as_code(typed))):
        index = register.index(candidate)
        if index is not None:
            return index
    near = [row.package_id for row, _ in zip(register.packages(text=normalise_code(typed)), range(5), strict=False)]
    if near:
        raise UsageError(message("no_such_package_but", typed=typed, near=", ".join(near)))
    raise UsageError(message("no_such_package", typed=typed))


def _as_code(typed: str) -> tuple[str, ...]:
    try:
        return (PackageId.of(ArchivalCode.parse(typed)).value,)
    except ValueError:
        return ()
