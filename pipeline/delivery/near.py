"""Names that are almost a row's archival code: other dots and dashes, case, width, zeros, a title behind the code."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_RUN = re.compile(r"\d+|[a-z]+|[^\W\d_a-z]+")
_BOX = re.compile(r"盒|箱|盘|box|disk|disc")
_PERIODS = {"永久": "y", "定期": "", "长期": "", "短期": ""}
_YEARS = re.compile(r"^\d{2}年$")
_FEWEST = 3
"""Parts of a name that must agree before what stands behind them is taken for a title."""


def runs(name: str) -> list[str]:
    """What is left of a name without separators, case, width and leading zeros: `K021-WS·2019·D10-0001` is k, 21, ws,
    2019, d, 10, 1."""
    found = _RUN.findall(unicodedata.normalize("NFKC", name).casefold())
    return [run.lstrip("0") or "0" if run.isdecimal() else run for run in found]


class NearRows:
    """The rows of a catalogue by the runs of their codes. `codes` are in the catalogue's order; what is found is their
    place in it."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._by_runs: dict[str, int | None] = {}
        self._by_last: dict[str, list[int]] = {}
        self._codes: list[str] = []
        self._known: set[str] = set()
        for place, code in enumerate(codes):
            key = "-".join(runs(code))
            self._by_runs[key] = None if key in self._by_runs else place
            self._codes.append(code)

    def near(self, name: str) -> int | None:
        """The one row that a name is almost the code of; None where there is none, or more than one."""
        found = runs(name)
        if all(run.isdecimal() for run in found):
            return None
        for length in range(len(found), min(_FEWEST, len(found)) - 1, -1):
            if length < len(found) and found[length].isdecimal():
                continue  # behind a code stands a title, not another number
            key = "-".join(found[:length])
            if key in self._by_runs:
                return self._by_runs[key]
        return None

    def by_path(self, parts: Sequence[str]) -> tuple[int, list[int]]:
        """Rows whose code a path spells out (`2019/永久/0003`, `盒1/件3`), each part a run of the code, the last its
        last; and how many parts lead to the number that was taken for the last."""
        self._index()
        wanted: list[str] = []
        depth = 0
        for number, part in enumerate(parts, 1):
            taken = list(self._runs_of(part))
            wanted += taken
            if any(run.isdecimal() for run in taken):
                depth = number
        if not depth or not wanted[-1].isdecimal():
            return 0, []
        places = self._by_last.get(wanted[-1], [])
        return depth, [place for place in places if _ends_in(wanted, runs(self._codes[place]))]

    def _runs_of(self, part: str) -> Iterator[str]:
        """What a folder's name may say of a code: its numbers, and words that stand in some code."""
        text = unicodedata.normalize("NFKC", part).casefold()
        if _BOX.search(text):
            return
        if text in _PERIODS or _YEARS.match(text):
            yield from filter(None, [_PERIODS.get(text, "d")])
            yield from [text[:2].lstrip("0")] if text not in _PERIODS else []
            return
        yield from (run for run in runs(part) if run.isdecimal() or run in self._known)

    def _index(self) -> None:
        if self._by_last:
            return
        for place, code in enumerate(self._codes):
            found = runs(code)
            self._known.update(run for run in found if not run.isdecimal())
            if found:
                self._by_last.setdefault(found[-1], []).append(place)


def _ends_in(wanted: Sequence[str], code: Sequence[str]) -> bool:
    """Whether the runs come in the code in this order, the last at its end."""
    rest = iter(code[:-1])
    return wanted[-1] == code[-1] and all(run in rest for run in wanted[:-1])
