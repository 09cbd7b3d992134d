"""`./run bench`: one table of what lantai takes and what is wanted. `--quick` for less, `--only NAME` for some."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.domain.visible import columns
from tests.benchmarks.cases import CASES, FULL, QUICK, TINY, Line, Site, Sizes
from tests.benchmarks.measure import CommandFailed, become_subreaper

CHECKOUT = Path(__file__).resolve().parents[2]
HEADS = ("what", "measured", "wanted", "ok?")
SIZES = {"full": FULL, "quick": QUICK, "tiny": TINY}


def main() -> int:
    """Runs the cases and prints the table; 0 where everything wanted was met, 1 where not, 2 for a wrong call."""
    chosen = _arguments()
    sizes = SIZES["quick" if chosen.quick else chosen.size]
    become_subreaper()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    with scratch_folder(chosen.scratch, sizes) as folder:
        site = Site(folder, sizes)
        lines = [line for name in chosen.only or CASES for line in _told(name, site)]
    print_table(lines, sizes)
    return int(any(line.ok is False for line in lines))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, one measurement each: --size quick")
    parser.add_argument("--size", choices=SIZES, default="full", help="tiny only shows that the measurements work")
    parser.add_argument("--only", action="append", choices=CASES, help="this case; may be repeated")
    parser.add_argument(
        "--scratch", type=Path, help="a folder on the disk to be measured; default: beside the checkout"
    )
    return parser.parse_args()


def _told(name: str, site: Site) -> Iterator[Line]:
    print(f"· {name} …", file=sys.stderr, flush=True)
    try:
        yield from CASES[name](site)
    except CommandFailed as error:
        print(error, file=sys.stderr)
        yield Line(what=name, measured="failed: see above", ok=False)


@contextmanager
def scratch_folder(chosen: Path | None, sizes: Sizes) -> Iterator[Path]:
    """A folder that is gone afterwards, on a disk with room enough."""
    parent = chosen or (CHECKOUT.parent if os.access(CHECKOUT.parent, os.W_OK) else Path("/var/tmp"))
    free = shutil.disk_usage(parent).free
    if free < sizes.room:
        print(f"{parent} has {free / 2**30:.1f} GiB free and {sizes.room / 2**30:.1f} GiB are needed: "
              "name another disk with --scratch, or use --quick", file=sys.stderr)  # fmt: skip
        raise SystemExit(2)
    with tempfile.TemporaryDirectory(prefix="lantai-bench-", dir=parent) as folder:
        yield Path(folder)


def print_table(lines: list[Line], sizes: Sizes) -> None:
    """The table, as wide as what it holds."""
    words = {True: "yes", False: "NO", None: "—"}
    rows = [HEADS, *((line.what, line.measured, line.wanted, words[line.ok]) for line in lines)]
    widths = [max(columns(row[i]) for row in rows) for i in range(len(HEADS))]
    load = os.getloadavg()[1]
    print(f"{os.cpu_count()} processors, load {load:.1f}; medians of {sizes.times}; PSS counts a shared page once")
    for row in rows:
        print("  ".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    raise SystemExit(main())
