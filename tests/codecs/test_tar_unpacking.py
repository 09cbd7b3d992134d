import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

import pipeline.codecs.tar_unpacking as unpacking
from pipeline.codecs.tar_unpacking import TarNotWhole, unpack


def a_tar(path: Path, *names: str, kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
            info.size = 3 if kind == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(b"abc"))
    return path


def run(tar: Path, folder: Path) -> Path:
    folder.mkdir()
    return unpack(tar, folder, advance=lambda _: None)


def test_a_tar_is_unpacked(tmp_path: Path) -> None:
    top = run(a_tar(tmp_path / "x.tar", "bag/说明.txt", "bag/data/a/b.txt"), tmp_path / "out")
    assert top == tmp_path / "out" / "bag"
    assert {p.relative_to(top).as_posix() for p in top.rglob("*") if p.is_file()} == {"说明.txt", "data/a/b.txt"}


@pytest.mark.parametrize(
    "names", [("bag/../../evil",), ("/bag/evil",), ("bag/a", "other/b"), ("bag/a", "bag/a"), ("bag/a", "bag/a/b"), ()]
)
def test_what_no_package_holds_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(TarNotWhole):
        run(a_tar(tmp_path / "x.tar", *names), tmp_path / "out")
    assert {p.name for p in tmp_path.iterdir()} == {"x.tar", "out"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(TarNotWhole):
        run(a_tar(tmp_path / "x.tar", "bag/a", kind=kind), tmp_path / "out")


@pytest.mark.parametrize(
    "harm", [lambda raw: raw[:700], lambda raw: raw[:1024], lambda raw: raw + b"x", lambda _: b"x" * 999, lambda _: b""]
)
def test_what_is_cut_off_or_goes_on_is_not_whole(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    tar = a_tar(tmp_path / "x.tar", "bag/a")
    tar.write_bytes(harm(tar.read_bytes()))
    with pytest.raises(TarNotWhole):
        run(tar, tmp_path / "out")


def test_more_members_than_a_package_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_MEMBERS", 1)
    with pytest.raises(TarNotWhole, match="tar_too_many"):
        run(a_tar(tmp_path / "x.tar", "bag/a", "bag/b"), tmp_path / "out")
