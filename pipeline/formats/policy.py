"""The format policy: which formats we know, and what is made of each; data from `profiles/formats/`.

A row is checked against what the handlers declare when it is loaded. `stages_of` says what runs before what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import msgspec

from pipeline.domain.formats import FileFormat
from pipeline.domain.messages import Message, message
from pipeline.domain.records import Role
from pipeline.errors import ProfileError
from pipeline.formats.handler import Action, Handlers, all_handlers
from pipeline.profiles import PROFILES
from pipeline.toml_tables import read_toml, refusal

FOLDER = PROFILES / "formats"
KNOWN_FORMATS = "media_types.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFormat:
    """A format we know. `kind` is a word of the handler that is for it; `extensions` are those its files' names may
    carry, without dot; `aliases` other media types that mean it; `puids` those PRONOM identifiers that settle it;
    `container` and `encrypted` as in the table."""

    media_type: str
    kind: str
    name: str
    extensions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    puids: tuple[str, ...] = ()
    container: bool = False
    encrypted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row: what must fit, and what is then made.

    `kind`, `media_types` and `puids` are asked of the file, `images` (`pages` or `photos`) of the record's category.
    `needs` is what it is made of: a role (`original`, `preservation` …) or an action (`image/pages`). The first is what
    the row must fit; what further ones have made of the same originals is handed over with it. `role` is that of the
    result.
    """

    handler: str
    action: str
    role: Role = Role.ACCESS
    needs: tuple[str, ...] = (Role.ORIGINAL.value,)
    kind: str = ""
    media_types: tuple[str, ...] = ()
    puids: tuple[str, ...] = ()
    images: str = ""
    parameters: dict[str, str | int | tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The action with its handler, as `needs` may name it."""
        return f"{self.handler}/{self.action}"

    def makes(self, need: str) -> bool:
        """Whether its results are what another row needs."""
        return need in {self.role, self.name}

    def fits(self, format: FileFormat, images: str) -> bool:
        """Whether the row is for this format; `images` is `pages` or `photos`."""
        return (
            self.kind in {"", format.kind}
            and (not self.media_types or format.media_type in self.media_types)
            and (not self.puids or format.puid in self.puids)
            and self.images in {"", images}
        )

    def settings(self, action: Action) -> Any:
        """The parameters as the action's own type."""
        return msgspec.convert(self.parameters, action.parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatPolicy:
    """The formats we know and the rows, in order."""

    name: str
    title_zh: str
    title_en: str
    rules: tuple[Rule, ...]
    formats: tuple[KnownFormat, ...]

    def with_parameters(self, action: str, **parameters: str | int) -> "FormatPolicy":
        """The same, with these parameters in all rows of an action (`image/photo`)."""
        rules = (
            replace(rule, parameters={**rule.parameters, **parameters}) if rule.name == action else rule
            for rule in self.rules
        )
        return replace(self, rules=tuple(rules))

    def by_puid(self, puid: str) -> KnownFormat | None:
        """The format that a PRONOM identifier settles."""
        return next((known for known in self.formats if puid in known.puids), None)

    def by_media_type(self, media_type: str) -> KnownFormat | None:
        """The format that a media type means."""
        return next((k for k in self.formats if media_type == k.media_type or media_type in k.aliases), None)

    def by_extension(self, extension: str) -> tuple[KnownFormat, ...]:
        """Formats whose files carry the extension."""
        return tuple(known for known in self.formats if extension in known.extensions)


def load_policy(name: str, *, folder: Path = FOLDER, handlers: Handlers | None = None) -> FormatPolicy:
    """The policy `name` with the table of known formats, checked against what `handlers` declare (all there are, where
    none are given). Raises ProfileError naming file and row."""
    handlers = handlers or all_handlers()
    path = folder / f"{name}.toml"
    data = _table(path)
    rules = data.get("rules", [])
    for row, rule in enumerate(rules if isinstance(rules, list) else (), start=1):
        _check_rule(rule, path, row, handlers)
    known = _table(folder / KNOWN_FORMATS)
    try:
        policy = msgspec.convert(data | known, FormatPolicy)
    except (msgspec.ValidationError, ValueError) as error:
        raise ProfileError(refusal(error), file=str(path)) from error
    _check_formats(policy.formats, folder / KNOWN_FORMATS, handlers)
    for row, each in enumerate(policy.rules, start=1):
        _check_needs(policy.rules, each, path, row)
    return policy


def _table(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path)
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.toml") if p.name != KNOWN_FORMATS))
        raise ProfileError(message("policy_missing", file=path, known=known), file=str(path)) from None


def _check_rule(data: object, path: Path, row: int, handlers: Handlers) -> None:
    """One row: known columns, a known handler and action, a role and parameters that the action takes."""

    def refuse(said: Message, column: str = "") -> ProfileError:
        return ProfileError(said, file=str(path), row=row, column=column)

    try:
        rule = msgspec.convert(data, Rule)
    except (msgspec.ValidationError, ValueError) as error:
        raise refuse(refusal(error)) from error
    assert isinstance(data, Mapping)
    if unknown := _unread(set(data), Rule):
        raise refuse(message("policy_column_unknown", columns=unknown))
    if rule.name not in handlers.actions():
        known = ", ".join(handlers.actions())
        raise refuse(message("policy_action_unknown", action=rule.name, known=known), "action")
    action = handlers.action(rule.handler, rule.action)
    if rule.kind and rule.kind not in handlers.by_kind:
        raise refuse(message("policy_kind_unknown", kind=rule.kind, known=", ".join(handlers.by_kind)), "kind")
    if rule.images not in {"", "pages", "photos"}:
        raise refuse(message("policy_images_unknown", given=rule.images), "images")
    if rule.role not in action.roles:
        roles = ", ".join(sorted(action.roles))
        raise refuse(message("policy_role_impossible", action=rule.name, role=rule.role, known=roles), "role")
    if unknown := _unread(set(rule.parameters), action.parameters):
        raise refuse(message("policy_column_unknown", columns=unknown), "parameters")
    try:
        rule.settings(action)
    except (msgspec.ValidationError, ValueError) as error:
        raise refuse(refusal(error), "parameters") from error


def _unread(given: set[str], type_: type) -> str:
    return ", ".join(sorted(given - {each.name for each in fields(type_)}))


def _check_needs(rules: tuple[Rule, ...], rule: Rule, path: Path, row: int) -> None:
    """What a row is made of must be made by a row, and in the end of the original."""
    if not rule.needs:
        raise ProfileError(message("policy_needs_nothing"), file=str(path), row=row, column="needs")
    for need in rule.needs:
        if need != Role.ORIGINAL and not any(other.makes(need) for other in rules):
            raise ProfileError(message("policy_need_unmade", need=need), file=str(path), row=row, column="needs")
    before: set[int] = set()
    waiting = [number for number, other in enumerate(rules) if _feeds(other, rule)]
    while waiting:
        number = waiting.pop()
        if rules[number] is rule:
            raise ProfileError(message("policy_circle", action=rule.name), file=str(path), row=row, column="needs")
        if number not in before:
            before.add(number)
            waiting += [earlier for earlier, other in enumerate(rules) if _feeds(other, rules[number])]


def _feeds(maker: Rule, taker: Rule) -> bool:
    return any(maker.makes(need) for need in taker.needs)


def stages_of(rules: tuple[Rule, ...]) -> tuple[tuple[int, ...], ...]:
    """The rows' numbers, from 0, in an order in which each comes after those that make what it needs; rows that stand
    together need nothing of one another. The rows hold no circle."""
    left = list(range(len(rules)))
    found: list[tuple[int, ...]] = []
    while left:
        ready = tuple(n for n in left if not any(_feeds(rules[other], rules[n]) for other in left))
        found.append(ready)
        left = [n for n in left if n not in ready]
    return tuple(found)


def _check_formats(formats: tuple[KnownFormat, ...], path: Path, handlers: Handlers) -> None:
    """A media type or identifier that stands in two rows would be decided by their order; a kind that no handler is
    for would be nobody's."""
    seen: set[str] = set()
    for row, known in enumerate(formats, start=1):
        if known.kind not in handlers.by_kind:
            said = message("policy_kind_unknown", kind=known.kind, known=", ".join(handlers.by_kind))
            raise ProfileError(said, file=str(path), row=row, column="kind")
        for name in (known.media_type, *known.aliases, *known.puids):
            if name in seen:
                raise ProfileError(message("policy_format_twice", name=name), file=str(path), row=row)
            seen.add(name)
