"""A plugin of mypy: codes and facts of messages and findings must be those of the tables in `profiles/texts/`.

Every call of `message` and `finding` is held against the sentence of its code: there must be one, each place of it
that is not optional must be given, and each fact that is given must have its place. A code that is no literal must
be of a type that lists the codes, or be passed on under the name `code`: the call that passed it is checked where the
function is called `_finding` or `of_row`, too.
"""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mypy.nodes import ARG_STAR2, MemberExpr, NameExpr
from mypy.options import Options
from mypy.plugin import FunctionContext, Plugin, ReportConfigContext
from mypy.types import Instance, LiteralType, Type, UnionType, get_proper_type

TEXTS = Path(__file__).resolve().parents[1] / "profiles" / "texts"
_PLACE = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[\[.*?\]\]")
FINDING = "pipeline.domain.findings.finding"
_KINDS = {
    "pipeline.domain.messages.message": ("messages", frozenset[str](), frozenset[str]()),
    FINDING: (
        "findings",
        frozenset({"subject", "row"}),
        frozenset({"code", "subject", "record", "row"}),
    ),
}
"""By function: the tables its codes stand in, places that are always given, and arguments that are no facts."""


class MessagesPlugin(Plugin):
    """Checks the calls; all else is mypy's."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._tables: dict[str, dict[str, tuple[set[str], set[str]]]] = {"messages": {}, "findings": {}}
        for path in sorted(TEXTS.glob("*.toml")):
            table = tomllib.loads(path.read_text("utf-8"))
            for kind, sentences in self._tables.items():
                sentences |= {code: _places(said) for code, said in table.get(kind, {}).items()}

    def report_config_data(self, ctx: ReportConfigContext) -> Any:
        """What was checked against other sentences is checked again."""
        return {kind: {code: [sorted(p) for p in two] for code, two in t.items()} for kind, t in self._tables.items()}

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """The check of the two functions."""
        if fullname.startswith("pipeline.") and fullname.endswith(("._finding", ".of_row")):
            fullname = FINDING
        if fullname not in _KINDS:
            return None
        return lambda context: self._checked(context, *_KINDS[fullname])

    def _checked(self, ctx: FunctionContext, kind: str, given: frozenset[str], no_facts: frozenset[str]) -> Type:
        facts = {name for names in ctx.arg_names for name in names if name} - no_facts
        open_ended = any(kind_ is ARG_STAR2 for kinds in ctx.arg_kinds for kind_ in kinds)
        codes = _codes(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else set()
        if not codes:
            if isinstance(ctx.args[0][0], NameExpr | MemberExpr) and ctx.args[0][0].name == "code":
                return ctx.default_return_type
            ctx.api.fail("the code is no literal: type it as Literal of its codes", ctx.context)
        for code in sorted(codes):
            if code not in self._tables[kind]:
                ctx.api.fail(f"no sentence for {code!r}: [{kind}.{code}] in profiles/texts", ctx.context)
                continue
            required, places = self._tables[kind][code]
            missing, spare = sorted(required - facts - given), sorted(facts - places)
            if missing and not open_ended:
                ctx.api.fail(f"the sentence of {code!r} needs {', '.join(missing)}", ctx.context)
            if spare and kind == "messages":
                ctx.api.fail(f"the sentence of {code!r} has no place for {', '.join(spare)}", ctx.context)
        return ctx.default_return_type


def _codes(kind: Type) -> set[str]:
    proper = get_proper_type(kind)
    if isinstance(proper, Instance) and proper.last_known_value is not None:
        proper = proper.last_known_value
    if isinstance(proper, LiteralType):
        return {str(proper.value)}
    if isinstance(proper, UnionType):
        each = [_codes(item) for item in proper.items]
        return set().union(*each) if all(each) else set()
    return set()


def _places(said: dict[str, str]) -> tuple[set[str], set[str]]:
    whole = " ".join(said.values())
    return set(_PLACE.findall(_OPTIONAL.sub("", whole))), set(_PLACE.findall(whole))


def plugin(_version: str) -> type[Plugin]:
    """What mypy asks for."""
    return MessagesPlugin
