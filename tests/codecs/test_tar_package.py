import hashlib
import shutil
import subprocess
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.codecs.tar_package import TarWriter
from pipeline.domain.digests import Algorithm, Digest, Hasher
from pipeline.domain.packages import Member
from pipeline.errors import HouseError, SourceChanged
from pipeline.tools import disk
from tests.makers.reading import bytes_read

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
MIB = 1 << 20


def digests(data: bytes, *algorithms: Algorithm) -> tuple[Digest, ...]:
    hasher = Hasher(algorithms or (Algorithm.SHA256,))
    hasher.update(data)
    return hasher.digests()


def write(tar: Path, files: dict[str, bytes], work: Path) -> tuple[list[Member], int]:
    work.mkdir()
    members = []
    with TarWriter(tar, folder="bag", mtime=AT) as out:
        for number, (path, data) in enumerate(files.items()):
            source = work / str(number)
            source.write_bytes(data)
            members.append(out.add_file(path, source, size=len(data), expected=digests(data)))
        return members, out.finish()


FIXED = "7c48bc8375b3407f0f2fbc2abd4013ee0ca492f7c780e4bda51f937c2b91ba95"
SIZES = [0, 1, 511, 512, 513, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 4 * MIB, 9 * MIB + 7]


@pytest.mark.parametrize("large", [disk.LARGE, 3 * MIB, 1])
def test_any_size_comes_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    monkeypatch.setattr(disk, "LARGE", large)
    files = {f"data/{size}": bytes(range(251)) * (size // 251 + 1) for size in SIZES}
    files = {path: data[: int(path[5:])] for path, data in files.items()}
    members, size = write(tmp_path / "t.tar", files, tmp_path / "w")
    raw = (tmp_path / "t.tar").read_bytes()
    assert (len(raw), size % 10240) == (size, 0)
    with tarfile.open(tmp_path / "t.tar") as tar:
        assert {m.name.removeprefix("bag/"): tar.extractfile(m).read() for m in tar} == files  # type: ignore[union-attr]
    for m in members:
        assert hashlib.sha256(raw[m.header_offset : m.data_offset]).hexdigest() == m.header_sha256
        assert raw[m.data_offset : m.data_offset + m.size] == files[m.path]
        assert hashlib.sha256(files[m.path]).hexdigest() == m.sha256


@pytest.mark.parametrize("size", [2 * MIB, 9 * MIB + 7])
def test_each_byte_is_read_once(tmp_path: Path, size: int) -> None:
    source, data = tmp_path / "source", bytes(size)
    source.write_bytes(data)
    expected = digests(data, Algorithm.SHA256, Algorithm.SM3)
    with TarWriter(tmp_path / "t.tar", folder="bag", mtime=AT) as out:
        before = bytes_read()
        for number in range(5):
            out.add_file(f"data/{number}", source, size=size, expected=expected)
        out.finish()
        assert 5 * size <= bytes_read() - before < 1.1 * 5 * size


@pytest.mark.parametrize("program", ["tar", "bsdtar"])
def test_other_programs_read_it(tmp_path: Path, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    long = "/".join(["目录" * 30] * 4) + "/" + "文件" * 20 + ".tif"
    assert len(long.encode()) > 300
    files = {"data/𠮷㐱 汇=3A.tif": b"rare", long: b"long", "plain": b"x" * 600}
    write(tmp_path / "t.tar", files, tmp_path / "w")
    (tmp_path / "out").mkdir()
    subprocess.run([program, "-xf", tmp_path / "t.tar", "-C", tmp_path / "out"], check=True, capture_output=True)
    assert {path: (tmp_path / "out" / "bag" / path).read_bytes() for path in files} == files


@pytest.mark.parametrize("large", [disk.LARGE, 1])
def test_the_bytes_are_fixed_for_all_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    """A new Python must write what the old one wrote, past the page cache and through it."""
    monkeypatch.setattr(disk, "LARGE", large)
    write(tmp_path / "t.tar", {"bagit.txt": b"x", "data/original/第一页.tif": b"page"}, tmp_path / "w")
    assert hashlib.sha256((tmp_path / "t.tar").read_bytes()).hexdigest() == FIXED


def test_a_file_over_8_gib_has_its_size_in_the_pax_header(tmp_path: Path) -> None:
    """Checked on the header alone: the bytes themselves are not needed to see it."""
    size = (8 << 30) + 5
    source = tmp_path / "sparse"
    with source.open("wb") as out:
        out.truncate(size)
    with (
        TarWriter(tmp_path / "t.tar", folder="bag", mtime=AT, advance=Stop(1)) as out_tar,
        pytest.raises(InterruptedError),
    ):
        out_tar.add_file("data/big", source, size=size, expected=digests(b""))
    with tarfile.open(tmp_path / "t.tar", ignore_zeros=False) as tar:
        first = tar.next()
    assert first is not None and (first.size, first.pax_headers["size"]) == (size, str(size))


class Stop:
    """Raises when it has been called so often."""

    def __init__(self, calls: int) -> None:
        self.calls = calls

    def __call__(self, _: int) -> None:
        self.calls -= 1
        if self.calls <= 0:
            raise InterruptedError


def test_no_thread_stays_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    write(tmp_path / "t.tar", {"data/x": b"x" * (9 * MIB)}, tmp_path / "w")
    assert threading.active_count() == before


@pytest.mark.parametrize("size", [10, 9 * MIB])
@pytest.mark.parametrize("algorithm", [Algorithm.SHA256, Algorithm.SM3])
def test_another_digest_is_a_changed_source(tmp_path: Path, size: int, algorithm: Algorithm) -> None:
    data = b"a" * size
    (tmp_path / "s").write_bytes(data)
    good = digests(data, Algorithm.SHA256, Algorithm.SM3)
    wrong = [Digest(algorithm=d.algorithm, value="0" * 64) if d.algorithm is algorithm else d for d in good]
    with (
        TarWriter(tmp_path / "t.tar", folder="bag", mtime=AT) as out,
        pytest.raises(SourceChanged, match=rf"algorithm={algorithm}, path=data/x"),
    ):
        out.add_file("data/x", tmp_path / "s", size=size, expected=wrong)


@pytest.mark.parametrize("size", [10, 9 * MIB])
@pytest.mark.parametrize(("more", "match"), [(1, "workspace_file_shorter"), (-1, "workspace_file_longer")])
def test_another_size_is_a_changed_source(tmp_path: Path, size: int, more: int, match: str) -> None:
    data = b"a" * size
    (tmp_path / "s").write_bytes(data)
    with TarWriter(tmp_path / "t.tar", folder="bag", mtime=AT) as out, pytest.raises(SourceChanged, match=match):
        out.add_file("data/x", tmp_path / "s", size=size + more, expected=digests(data))


def test_our_own_mistakes(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"")
    with TarWriter(tmp_path / "t.tar", folder="bag", mtime=AT) as out:
        for path in ("", "/x", "a//b", "a/../b", ".", "a\0b"):
            with pytest.raises(HouseError, match="not a path"):
                out.add_bytes(path, b"")
        with pytest.raises(HouseError, match="no SHA-256"):
            out.add_file("x", tmp_path / "s", size=0, expected=digests(b"", Algorithm.SM3))
    with pytest.raises(FileExistsError):
        TarWriter(tmp_path / "t.tar", folder="bag", mtime=AT)
