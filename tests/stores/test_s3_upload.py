"""Bodies of uploads, read from the file while they are sent; how large files are cut. Uploads are in `test_s3`."""

import base64
import hashlib
import io
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.errors import StorageError
from pipeline.stores.s3_upload import FilePart, digest_argument, stretches

MIB = 2**20
CONTENT = bytes(range(200))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "file").write_bytes(CONTENT)
    descriptor = os.open(tmp_path / "file", os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def test_a_part_is_a_stretch_of_the_file(opened: int) -> None:
    part = FilePart(opened, 50, 100)
    assert len(part) == 100
    assert part.read(30) + part.read() == CONTENT[50:150]
    assert part.read() == part.read(5) == b""


def test_a_part_is_read_again_when_it_is_sent_again(opened: int) -> None:
    part = FilePart(opened, 50, 100)
    first = part.read()
    assert part.seekable() and part.seek(0) == 0
    assert part.read() == first
    assert part.seek(-10, os.SEEK_END) == part.tell() == 90
    assert part.seek(5, os.SEEK_CUR) == 95
    assert part.read() == CONTENT[145:150]


def test_parts_do_not_disturb_one_another(opened: int) -> None:
    one, other = FilePart(opened, 0, 100), FilePart(opened, 100, 100)
    assert one.read(1) + other.read(1) + one.read(1) == bytes((0, 100, 1))


def test_a_file_that_has_become_shorter_is_told(opened: int) -> None:
    part = FilePart(opened, 0, 200)
    os.ftruncate(opened, 100)
    assert part.read(100) == CONTENT[:100]
    with pytest.raises(StorageError):
        part.read(1)


@pytest.mark.parametrize(("digest", "name"), [("md5", "ContentMD5"), ("sha256", "ChecksumSHA256")])
def test_every_body_goes_with_its_digest(opened: int, digest: str, name: str) -> None:
    expected = base64.b64encode(hashlib.new(digest, CONTENT, usedforsecurity=False).digest()).decode()
    for body in (FilePart(opened, 0, 200), io.BytesIO(CONTENT)):
        assert digest_argument(body, digest) == {name: expected}
        assert body.read() == CONTENT


@pytest.mark.parametrize("size", [64 * MIB, 64 * MIB + 1, 160 * 10**9, 5 * 10**12])
def test_parts_cover_the_file(size: int) -> None:
    parts = list(stretches(size))
    assert len(parts) <= 10_000
    assert [number for number, _, _ in parts] == list(range(1, len(parts) + 1))
    assert parts[0][1] == 0 and parts[-1][1] + parts[-1][2] == size
    assert all(a[1] + a[2] == b[1] for a, b in pairwise(parts))
    assert all(5 * MIB <= length <= 5 * 2**30 for _, _, length in parts[:-1])
