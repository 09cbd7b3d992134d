"""What a format handler makes of files at hand: examined, or worked by one of its actions."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.formats import decide
from pipeline.formats.handler import Examined, Failed, Made, Original, Refused, all_handlers
from pipeline.formats.policy import load_policy
from tests.makers.received import LIMITS, bench_in

POLICY = load_policy("county")


def original(path: Path, *, pages: int = 1, as_format_of: Path | None = None) -> Original:
    """A file as a handler sees it; `as_format_of` another file, where it is taken for one of that format."""
    return Original(
        path=path,
        package_path=f"data/original/{path.name}",
        subject=path.name,
        size=path.stat().st_size,
        format=decide.identify(as_format_of or path, POLICY),
        pages=pages,
    )


def examined(path: Path, folder: Path, **limits: int) -> Examined:
    """What the handler of the file's kind finds; `limits` as in `ToolLimits`."""
    seen = original(path)
    with bench_in(folder, replace(LIMITS, **limits)) as toolbox:
        return all_handlers().of_kind(seen.format.kind).examine(seen, toolbox)


def made(
    folder: Path, name: str, *originals: Original | Path, parameters: Any = None, **limits: int
) -> list[Made | Refused | Failed]:
    """What an action (`image/photo`) yields for files, with its usual parameters where none are given."""
    handler, _, action = name.partition("/")
    found = all_handlers().action(handler, action)
    sources = tuple(each if isinstance(each, Original) else original(each) for each in originals)
    out = folder / "made"
    out.mkdir()
    with bench_in(folder, replace(LIMITS, **limits)) as toolbox:
        return list(found.make(sources, parameters or found.parameters(), out, toolbox))


def cut_short(path: Path, folder: Path) -> Path:
    """The first four fifths of a file."""
    data = path.read_bytes()
    target = folder / path.name
    target.write_bytes(data[: len(data) * 8 // 10])
    return target
