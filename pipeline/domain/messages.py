"""Messages: what is said to people, as a code and facts, never as a sentence.

The sentences, Chinese and English, stand in `profiles/texts/`; `pipeline.texts` puts the two together. So whoever
raises an error, finds a fault or gives a reason says only what happened, to which thing, with which figures.
"""

from dataclasses import dataclass
from typing import TypeAlias, Union

TOLD_BY_PROGRAM = "tool_said"
"""The code of a program's own words, shown as such: its fact `words`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """提示信息: `code` names the sentence; `facts` fill its places, by name, in the order of their names.

    A fact is text, or a message where one thing is the reason of another.
    """

    code: str
    facts: tuple[tuple[str, "Fact"], ...] = ()

    def fact(self, name: str) -> "Fact":
        """One fact by name; an empty string where it is not given."""
        return dict(self.facts).get(name, "")

    def __str__(self) -> str:
        """Code and facts, for logs and for readers of code; what a person reads is made by `pipeline.texts`."""
        facts = ", ".join(f"{name}={value}" for name, value in self.facts)
        return f"{self.code} ({facts})" if facts else self.code


Fact: TypeAlias = Union[str, Message]  # noqa: UP007 - read again at run time by the JSON codec


def message(code: str, **facts: object) -> Message:
    """Short form: facts as keywords, each a message or made text."""
    return Message(
        code=code,
        facts=tuple(
            (name, value if isinstance(value, Message) else str(value)) for name, value in sorted(facts.items())
        ),
    )


def told_by_program(words: object) -> Message:
    """A program's or library's own words: nobody here can put them into another language."""
    return message(TOLD_BY_PROGRAM, words=words)
