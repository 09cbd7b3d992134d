"""bagit-python (Library of Congress): a second opinion on a bag, by a program that is not ours.

Only reading: `make_bag` and `save` change the working directory of the process and are not used. Where it is
known to judge wrongly (version 1.9: `%25`, lower-case escapes, SM3, paths into sibling folders, blanks in
`bagit.txt`), `pipeline.checks.bag` is right.
"""

from dataclasses import dataclass
from pathlib import Path

import bagit

from pipeline.domain.messages import message, why
from pipeline.errors import ToolFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """What bagit-python says of a folder, with its reasons in its own words."""

    by: str
    valid: bool
    reasons: tuple[str, ...] = ()


def second_opinion(folder: Path) -> SecondOpinion:
    """Structure, completeness and all digests by bagit-python.

    Raises ToolFailed where it comes to no verdict: a file that it cannot read, a name that it cannot decode.
    """
    by = f"bagit-python {bagit.VERSION}"
    try:
        bagit.Bag(str(folder)).validate(processes=1)
    except bagit.BagError as error:
        details = getattr(error, "details", None) or [error]
        return SecondOpinion(by=by, valid=False, reasons=tuple(str(detail) for detail in details))
    except (OSError, ValueError) as error:
        said = message("tool_failed_on", tool=by, subject=folder.name, reason=why(error))
        raise ToolFailed(said, tool=by, subject=folder.name) from error
    return SecondOpinion(by=by, valid=True)
