"""What commands print: both languages, columns that Chinese characters do not shift, progress, JSON."""

import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipeline.domain.messages import Message
from pipeline.domain.personal import mask
from pipeline.domain.visible import columns, visible
from pipeline.settings import language
from pipeline.texts import BOTH, all_texts


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Common:
    """Options of every command."""

    home: Annotated[Path | None, Parameter(help="保存库文件夹 · the archive home")] = None
    lang: Annotated[str, Parameter(help="both、zh 或 en")] = ""
    json: Annotated[bool, Parameter(help="给机器读的 JSON · JSON for machines", negative=())] = False


NO_OPTIONS = Common()
_UNSEEN = re.compile(r"[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""What JSON takes as it is and a screen obeys."""
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}){16,}")


class Console:
    """Standard output in the chosen language. Sentences come as pairs, Chinese first."""

    def __init__(self, common: Common) -> None:
        self.language = language(common.lang, common.home)
        self.json = common.json

    def say(self, zh: str, en: str) -> None:
        """A sentence; silent where the output is for machines."""
        if not self.json:
            for line in self.chosen(zh, en):
                self.line(mask(line))

    def line(self, text: str = "") -> None:
        """See `put`."""
        put(text)

    def chosen(self, zh: str, en: str) -> tuple[str, ...]:
        """The sentence in the languages asked for."""
        return {"zh": (zh,), "en": (en,), "both": (zh,) if zh == en else (zh, en)}[self.language]

    def warn(self, said: Message) -> None:
        """Something went wrong and work goes on: on standard error."""
        complain(said, self.language)

    def tell(self, said: Message) -> None:
        """A message among what is printed; silent where the output is for machines."""
        self.say(all_texts().say(said, "zh"), all_texts().say(said, "en"))

    def words(self, member: Enum) -> tuple[str, ...]:
        """What the member of an enum is called, in the languages asked for."""
        return self.chosen(all_texts().word(member, "zh"), all_texts().word(member, "en"))

    def heads(self, *pairs: tuple[str, str]) -> tuple[str, ...]:
        """Column heads: one language, or both joined."""
        return tuple(" ".join(self.chosen(zh, en)) for zh, en in pairs)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows under their heads, columns as wide as what they hold, wide characters counted as two."""
        lines = [tuple(heads), *(tuple(visible(mask(cell)) for cell in row) for row in rows)]
        taken = [[columns(cell) for cell in line] for line in lines]
        widths = [max(column) for column in zip(*taken, strict=True)]
        for line, wide in zip(lines, taken, strict=True):
            padded = (cell + " " * (full - own) for cell, full, own in zip(line, widths, wide, strict=True))
            self.line("  ".join(padded).rstrip())

    def emit(self, value: object) -> None:
        """See `emit`."""
        emit(value)


def emit(value: object) -> None:
    """A value as JSON, indented, Chinese as it is, personal numbers masked."""
    import msgspec  # only where JSON is asked for: `lantai --help` stays quick

    masked = _masked(msgspec.to_builtins(value))
    text = msgspec.json.format(msgspec.json.encode(masked), indent=2).decode()
    put(_UNSEEN.sub(_escaped, text))


def _escaped(match: re.Match[str]) -> str:
    """JSON's own escape, so that the value stays and the screen is safe."""
    return json.dumps(match[0])[1:-1]


def put(text: str) -> None:
    """A text, with what cannot be seen written out. Where nobody reads any more, the work goes on without a word: its
    exit code still tells."""
    try:
        print(visible(text, keep="\n"))
    except BrokenPipeError:
        mute()


def mute() -> None:
    """From now on standard output goes nowhere: whoever read it has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _masked(value: object) -> object:
    """The same value with personal numbers masked in its texts; digests and raw names in hexadecimal stay."""
    if isinstance(value, str):
        return value if _HEXADECIMAL.fullmatch(value) else mask(value)
    if isinstance(value, dict):
        return {key: _masked(each) for key, each in value.items()}
    return [_masked(each) for each in value] if isinstance(value, list | tuple) else value


def complain(said: Message, language: str = "both") -> None:
    """An error, on standard error, ID numbers masked."""
    print(visible(mask(f"lantai: {shown(said, language)}"), keep="\n"), file=sys.stderr)


def shown(said: Message, language: str) -> str:
    """A message in the language asked for; both, Chinese first, with a dot between them."""
    return " · ".join(dict.fromkeys(all_texts().say(said, each) for each in BOTH if language in {each, "both"}))


def with_texts(said: Message) -> dict[str, object]:
    """For machines: code, facts and both sentences."""
    texts = all_texts()
    return {"code": said.code, "facts": dict(said.facts), "zh": texts.say(said, "zh"), "en": texts.say(said, "en")}


def human_size(size: int) -> str:
    """Bytes for people: 512 B, 1.5 MiB."""
    value, unit = float(size), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1024 or unit == "TiB":
            break
        value /= 1024
    return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"


class BarProgress:
    """A bar per phase on a terminal, and nothing where standard error is none."""

    @contextmanager
    def phase(self, label: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """See `ports.Progress`."""
        if not sys.stderr.isatty():
            yield _ignore
            return
        from rich.console import Console as RichConsole
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        amount = DownloadColumn(binary_units=True) if unit == "bytes" else MofNCompleteColumn()
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            amount,
            TimeRemainingColumn(),
            console=RichConsole(stderr=True),
            transient=True,
        )
        with bar:
            task = bar.add_task(label, total=total)
            lock = threading.Lock()

            def advance(amount: int) -> None:
                with lock:
                    bar.advance(task, amount)

            yield advance


def _ignore(_: int) -> None:
    """Progress that nobody watches."""
