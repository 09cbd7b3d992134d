"""Which copies are to be made of which files: the rows of a policy as a graph. Pure.

A file may have several copies: for each role the first row that fits it. A row may need what another makes; it then
comes after it, and takes files of that role or of that action.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.records import Role
from pipeline.formats.handler import Action, Handlers, Original
from pipeline.formats.policy import FormatPolicy, Rule

_TO_IDENTIFY = ("libmagic", "siegfried", "exiftool", "timeout", "setpriv", "prlimit")
"""What every file is asked about with, and what programs are run under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """A row of the policy, its action, and the files it is for, in page order."""

    rule: Rule
    action: Action
    sources: tuple[Original, ...]


def is_needed(need: str, file: Original) -> bool:
    """Whether the file is what a row needs: it has that role, or that action made it."""
    return need in {file.role, file.made_by}


def rows_for(policy: FormatPolicy, file: Original, images: str) -> tuple[int, ...]:
    """Numbers, from 0, of the rows that make something of the file: of each role the first that fits."""
    found: dict[Role, int] = {}
    for number, rule in enumerate(policy.rules):
        if is_needed(rule.needs[0], file) and rule.fits(file.format, images):
            found.setdefault(rule.role, number)
    return tuple(found.values())


def derivations(
    policy: FormatPolicy, rows: Collection[int], files: Sequence[Original], images: str, handlers: Handlers
) -> Iterator[Derivation]:
    """What the given rows are to make of the files, rows in the order of their first file."""
    groups: dict[int, list[Original]] = {}
    for file in files:
        for number in rows_for(policy, file, images):
            if number in rows:
                groups.setdefault(number, []).append(file)
    for number, sources in groups.items():
        rule = policy.rules[number]
        yield Derivation(rule=rule, action=handlers.action(rule.handler, rule.action), sources=tuple(sources))


def given_along(rule: Rule, sources: Sequence[Original], files: Sequence[Original]) -> tuple[Original, ...] | None:
    """What further needs of the row were made of the same originals as its sources; None where one of them is missing
    for a source, and so nothing can be made."""
    along: dict[str, Original] = {}
    for need in rule.needs[1:]:
        for source in sources:
            found = [f for f in files if is_needed(need, f) and set(f.roots) & set(source.roots)]
            if not found:
                return None
            along |= {file.package_path: file for file in found}
    return tuple(along.values())


def waiting_for(rules: Sequence[Rule], lost: Rule) -> tuple[Rule, ...]:
    """The rows that can make nothing where `lost` has made nothing: those that need it, and those that need them."""
    found: list[Rule] = []
    reached = [lost]
    while reached:
        maker = reached.pop()
        following = [rule for rule in rules if rule not in found and any(maker.makes(need) for need in rule.needs)]
        found += following
        reached += following
    return tuple(found)


def needed_tools(policy: FormatPolicy, handlers: Handlers, *, copies: bool) -> tuple[str, ...]:
    """Programs and libraries that a batch cannot do without: to examine what may come, to make what is asked."""
    needed = {*_TO_IDENTIFY}
    needed |= {tool for handler in handlers.by_name.values() for tool in handler.needs}
    if copies:
        needed |= {tool for rule in policy.rules for tool in handlers.action(rule.handler, rule.action).needs}
    return tuple(sorted(needed))
