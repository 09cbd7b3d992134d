"""gzip reads to its end, or says why not."""

import gzip
from pathlib import Path

import pytest

from pipeline.tools.gzips import read_through

DATA = bytes(range(256)) * 20_000
WHOLE = gzip.compress(DATA, mtime=0)


def read(tmp_path: Path, data: bytes, *, most: int = 2**30) -> tuple[str, str]:
    (tmp_path / "x.gz").write_bytes(data)
    found = read_through(tmp_path / "x.gz", max_bytes=most)
    return found.fault.code if found.fault else "", found.doubt.code if found.doubt else ""


@pytest.mark.parametrize(
    "data",
    [WHOLE, WHOLE * 3, WHOLE + bytes(3_000_000), gzip.compress(b"", mtime=0)],
    ids=["one", "three", "zeros behind", "nothing inside"],
)
def test_whole_ones(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path, data) == ("", "")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\x1f\x8b\x08", "gzip_ends_early"),
        (WHOLE[:-9], "gzip_ends_early"),
        (WHOLE + WHOLE[:50], "gzip_ends_early"),
        (WHOLE[:-8] + b"\0\0\0\0" + WHOLE[-4:], "gzip_damaged"),
        (WHOLE[:100] + bytes(50) + WHOLE[150:], "gzip_damaged"),
        (b"", "gzip_ends_early"),
    ],
)
def test_damaged_ones(tmp_path: Path, data: bytes, fault: str) -> None:
    assert read(tmp_path, data) == (fault, "")


def test_what_nobody_can_tell(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE + b"something else") == ("", "gzip_goes_on")
    assert read(tmp_path, WHOLE, most=1_000_000) == ("", "unfolds_to")
