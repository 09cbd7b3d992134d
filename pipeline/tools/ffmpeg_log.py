"""What FFmpeg says while it works: what it complains of and on whose behalf, and how much it has read of each track.

The lines are those of `-v level+verbose`: who speaks stands before the level, in brackets (`[flac @ 0x…] [error] …`;
FFmpeg 7 names several, one inside the other). What an output, a filter or an encoder complains of says nothing of the
source. How much was read is the account that FFmpeg gives at its end, alike in 4.4 to 7.1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r"((?:\[[^\]]* @ 0x[0-9a-f]+\] )*)\[(error|fatal|panic)\] (.*)")
_READ = re.compile(
    r"\[verbose\] +Input stream #0:(\d+) \(\w+\): (\d+) packets read \(\d+ bytes\);"
    r"(?: (\d+) frames decoded(?:; \d+ decode errors)?(?: \((\d+) samples\))?)?"
)
_NOT_OF_THE_SOURCE = re.compile(
    r"\[(?:null|mp4|ipod|out#|vost#|aost#|graph|auto_|Parsed_|swscaler|SWR|enc:|[vaf]f#|fc#)"
)
_NOT_IMPLEMENTED = "Not yet implemented in FFmpeg, patches welcome"
"""How FFmpeg writes AVERROR_PATCHWELCOME, its code for what it does not support."""
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How much was read of one track: packets; pictures or blocks of sound decoded; samples of sound a channel."""

    packets: int
    frames: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What FFmpeg said: `faults` that it finds in the source, `lacking` what it finds there and does not support,
    `others` what it says of its own output; `tracks` by their number in the source."""

    faults: tuple[str, ...]
    lacking: tuple[str, ...]
    others: tuple[str, ...]
    tracks: dict[int, Read]

    @property
    def said(self) -> str:
        """The last complaints in one line."""
        every = self.faults or self.lacking or self.others
        return " / ".join(every[-_SHOWN:])[:1000]


def read_log(text: str) -> Log:
    """The log of one call. A line that is not one of FFmpeg's counts for nothing."""
    complaints = list(dict.fromkeys(_complaints(text)))
    lacking = tuple(said for who, said in complaints if _NOT_IMPLEMENTED in said)
    others = tuple(who + said for who, said in complaints if _NOT_OF_THE_SOURCE.search(who))
    faults = tuple(
        who + said
        for who, said in complaints
        if not _NOT_OF_THE_SOURCE.search(who) and not lacking  # the decoder that lacks something says so in more lines
    )
    tracks = {
        int(index): Read(packets=int(packets), frames=int(frames or 0), samples=int(samples or 0))
        for index, packets, frames, samples in _READ.findall(text)
    }
    return Log(faults=faults, lacking=lacking, others=others, tracks=tracks)


def _complaints(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found:
            yield re.sub(r" @ 0x[0-9a-f]+", "", found[1]), found[3]
