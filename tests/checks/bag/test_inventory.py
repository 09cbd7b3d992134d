"""Files of a bag opened: regular ones, and no link followed."""

import os
from pathlib import Path

import pytest

from pipeline.checks.bag import open_regular


def test_a_regular_file_is_opened(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a").write_bytes(b"hello")
    with os.fdopen(open_regular(tmp_path, "data/a"), "rb") as stream:
        assert stream.read() == b"hello"


def test_what_is_no_regular_file_any_more_is_not(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for name in ("link", "folder", "pipe", "gone"):
        with pytest.raises(OSError):
            open_regular(tmp_path, name)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
