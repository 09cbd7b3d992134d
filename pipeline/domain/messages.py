"""Messages: what is said to people, as a code and facts, never as a sentence.

The sentences, Chinese and English, stand in `profiles/texts/`; `pipeline.texts` puts the two together. So whoever
raises an error, finds a fault or gives a reason says only what happened, to which thing, with which figures. The type
checker holds the codes and facts of every call against the tables (`.ci/mypy_messages.py`).
"""

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, Union

TOLD_BY_PROGRAM = "tool_said"
"""The code of a program's own words, shown as such: its fact `words`."""

WORD = "word"
"""The code of one word of ours: its facts are `kind`, `value` and, where no table has it, what is `shown`."""

IN_BOTH = "in_both"
"""The code of a text that a table gives in both languages: its facts `zh` and `en`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """提示信息: `code` names the sentence; `facts` fill its places, by name, in the order of their names.

    A fact is text, a message where one thing is the reason of another, or several messages where there are several
    reasons: they are said one after the other, with `；` or `; ` between them.
    """

    code: str
    facts: tuple[tuple[str, "Fact"], ...] = ()

    def fact(self, name: str) -> "Fact":
        """One fact by name; an empty string where it is not given."""
        return dict(self.facts).get(name, "")

    def __str__(self) -> str:
        """Code and facts, for logs and for readers of code; what a person reads is made by `pipeline.texts`."""
        if self.code in {TOLD_BY_PROGRAM, WORD}:
            return plain(self.fact("words") or self.fact("shown") or self.fact("value"))
        if self.code == IN_BOTH:
            return plain(self.fact("en"))
        facts = ", ".join(f"{name}={plain(value)}" for name, value in self.facts if value)
        return f"{self.code} ({facts})" if facts else self.code


Fact: TypeAlias = Union[str, Message, tuple[Message, ...]]  # noqa: UP007 - read again at run time by the JSON codec


class Invalid(ValueError):
    """A value that cannot be, and why, as a message: what constructors of the domain raise."""

    def __init__(self, said: Message) -> None:
        super().__init__(said)
        self.message = said

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message,)


def message(code: str, /, **facts: object) -> Message:
    """Short form: facts as keywords, see `as_fact`."""
    return Message(code=code, facts=tuple((name, as_fact(value)) for name, value in sorted(facts.items())))


def as_fact(value: object) -> Fact:
    """A message, or several, as they are; a member of an enum as a word of ours; everything else made text."""
    if isinstance(value, Message):
        return value
    if isinstance(value, Enum):
        return word(type(value).__name__, str(value.value))
    if isinstance(value, tuple) and value and all(isinstance(each, Message) for each in value):
        return value
    return "" if value is None else str(value)


def word(kind: str, value: str, *, shown: str = "") -> Message:
    """One word of ours, such as a field's name: looked up as `[words.KIND]` VALUE in `profiles/texts/`. One that is not
    there is shown as a program's own words where there are such (`shown`), else as it is."""
    return Message(code=WORD, facts=(("kind", kind), *([("shown", shown)] if shown else []), ("value", value)))


def in_both(*, zh: str, en: str) -> Message:
    """A text that a profile or a plan holds in both languages, such as what a check's row asks for."""
    return Message(code=IN_BOTH, facts=(("en", en), ("zh", zh)))


def told_by_program(words: object) -> Message:
    """A program's or library's own words: nobody here can put them into another language."""
    return Message(code=TOLD_BY_PROGRAM, facts=(("words", str(words)),))


def told_by_system(error: OSError) -> Message:
    """Why the system refused: a word of ours by the error's number, else what the system says itself."""
    name = errno.errorcode.get(error.errno or 0, "")
    said = error.strerror or str(error) or type(error).__name__
    return word("errno", name, shown=said) if name else told_by_program(said)


def why(error: BaseException) -> Message:
    """What an exception says: its message where it has one, else a system's or a program's own words."""
    said = getattr(error, "message", None)
    if isinstance(said, Message):
        return said
    return told_by_system(error) if isinstance(error, OSError) else told_by_program(str(error) or type(error).__name__)


def plain(value: Fact) -> str:
    """A fact as one text of codes and facts, for logs."""
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def without(value: Fact, *names: str) -> Fact:
    """The fact without the facts of these names, at every depth: what two messages have in common that differ only in
    the thing they are about."""
    if isinstance(value, tuple):
        return tuple(_without(each, names) for each in value)
    return _without(value, names) if isinstance(value, Message) else value


def _without(said: Message, names: Iterable[str]) -> Message:
    return Message(code=said.code, facts=tuple((n, without(v, *names)) for n, v in said.facts if n not in names))
