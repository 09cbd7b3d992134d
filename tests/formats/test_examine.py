"""Every handler on sound, damaged and locked files: three verdicts, never mixed up."""

from dataclasses import replace
from pathlib import Path

import pytest
import pyvips

from pipeline.domain.formats import AUDIO, VIDEO, Verdict
from pipeline.formats import decide
from pipeline.formats.handler import Examined, Original, all_handlers
from pipeline.formats.handlers.text import encoding_of
from pipeline.formats.policy import load_policy
from tests.makers import real_files
from tests.makers.received import FILES, LIMITS, bench_in

POLICY = load_policy("county")


def examined(path: Path, folder: Path, **limits: int) -> Examined:
    format = decide.identify(path, POLICY)
    original = Original(
        path=path, package_path=f"data/original/{path.name}", subject=path.name, size=path.stat().st_size, format=format
    )
    with bench_in(folder, replace(LIMITS, **limits)) as toolbox:
        return all_handlers().of_kind(format.kind).examine(original, toolbox)


SOUND = ["jpg", "png", "gif", "webp", "bmp", "jp2", "avif", "pdf", "docx", "xlsx", "pptx", "odt"]


@pytest.mark.parametrize("name", [f"sound.{e}" for e in SOUND] + ["multipage.tif", "hello.ofd", "text-named.tif"])
def test_sound_files(tmp_path: Path, name: str) -> None:
    found = examined(FILES / name, tmp_path)
    assert found.soundness.verdict is Verdict.SOUND, found.soundness
    assert found.soundness.by and not found.encrypted and not found.too_large


@pytest.mark.parametrize(
    "name", ["truncated.jpg", "libtiff_segfault.tif", "decompression_bomb.gif", "broken.pdf", "corrupt.mkv"]
)
def test_damaged_files(tmp_path: Path, name: str) -> None:
    found = examined(FILES / name, tmp_path)
    assert found.soundness.verdict is Verdict.DAMAGED and found.soundness.reason


@pytest.mark.parametrize(
    "name", ["sound.jpg", "sound.png", "sound.docx", "sound.doc", "sound.mp4", "sound.wav", "pdfa-1b.pdf", "hello.ofd"]
)
def test_the_same_files_cut_short(tmp_path: Path, name: str) -> None:
    data = (FILES / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: len(data) * 8 // 10])
    assert examined(path, tmp_path).soundness.verdict is Verdict.DAMAGED


@pytest.mark.parametrize("name", ["header-only.cr2", "sound.doc"])
def test_what_nobody_here_can_read_is_neither(tmp_path: Path, name: str) -> None:
    assert examined(FILES / name, tmp_path).soundness.verdict is Verdict.COULD_NOT_TELL


def test_a_locked_pdf_is_neither_sound_nor_damaged(tmp_path: Path) -> None:
    found = examined(FILES / "open-password.pdf", tmp_path)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL and found.encrypted


@pytest.mark.parametrize(
    "name", ["sound.mp4", "sound.mp3", "sound.flac", "sound.avi", "sound.mkv", "sound.ogg", "sound.amr"]
)
def test_a_recording_is_decoded_when_it_is_copied(tmp_path: Path, name: str) -> None:
    quick = examined(FILES / name, tmp_path)
    assert quick.soundness.verdict is Verdict.COULD_NOT_TELL and quick.decides_later
    assert any(tool == "ffprobe" and key == "format.format_name" for tool, key, _ in quick.facts)


def test_sound_in_a_video_s_container_is_sound(tmp_path: Path) -> None:
    assert examined(FILES / "sound.mp4", tmp_path).kind == VIDEO
    assert examined(FILES / "sound.ogg", tmp_path).kind == AUDIO


def test_too_many_pixels_are_not_decoded(tmp_path: Path) -> None:
    found = examined(FILES / "sound.jpg", tmp_path, max_pixels=1000)
    assert found.too_large and found.soundness.verdict is Verdict.COULD_NOT_TELL


def test_too_many_pages_are_not_decoded(tmp_path: Path) -> None:
    found = examined(FILES / "multipage.tif", tmp_path, max_frames=2)
    assert found.soundness.verdict is not Verdict.SOUND and (found.too_large or found.soundness.reason)


def test_pages_are_counted(tmp_path: Path) -> None:
    assert examined(real_files.tiff(tmp_path / "a.tif", pages=4), tmp_path).pages == 4
    assert examined(real_files.pdf(tmp_path / "a.pdf", pages=5), tmp_path).pages == 5


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("关于𠮷林乡".encode(), "utf-8"),
        ("关于扶贫工作".encode("gb18030"), "gb18030"),
        ("关于𠮷林乡".encode("gb18030"), "gb18030"),
        ("题名".encode("utf-16"), "utf-16"),
        (b"\xff\xfe\xfd\x80\x81", ""),
        (b"", "utf-8"),
    ],
)
def test_encodings_of_text(tmp_path: Path, data: bytes, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert encoding_of(tmp_path / "a.txt") == encoding


def test_a_character_across_two_chunks_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a" * (2**20 - 1) + "卷".encode() * 3)
    assert encoding_of(tmp_path / "a.txt") == "utf-8"


def test_smaller_copies_of_a_page_are_not_counted(tmp_path: Path) -> None:
    page = pyvips.Image.black(1024, 512, bands=3).copy(interpretation="srgb")
    page.tiffsave(str(tmp_path / "a.tif"), tile=True, pyramid=True, compression="deflate")
    found = examined(tmp_path / "a.tif", tmp_path)
    assert found.pages == 1 and found.soundness.verdict is Verdict.SOUND
