"""The decision over the claims, on real files, and whether a name lies."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.formats import AUDIO, IMAGE, OFD, OFFICE, OTHER, PDF, TEXT, VIDEO, FormatClaim
from pipeline.formats import decide
from pipeline.formats.policy import load_policy
from pipeline.texts import Language, Texts
from tests.makers.received import FILES

POLICY = load_policy("county")
EXPECTED = {
    "blns.txt": (OTHER, ""),
    "decompression_bomb.gif": (IMAGE, ""),
    "docx-named.jpg": (OFFICE, "fmt/412"),
    "header-only.cr2": (IMAGE, "fmt/592"),
    "hello.ofd": (OFD, ""),
    "multipage.tif": (IMAGE, "fmt/353"),
    "password.docx": (OFFICE, "fmt/494"),
    "pdfa-1b.pdf": (PDF, "fmt/354"),
    "small.heic": (IMAGE, "fmt/1101"),
    "sound.amr": (AUDIO, "fmt/356"),
    "sound.avif": (IMAGE, "fmt/2062"),
    "sound.doc": (OFFICE, "fmt/40"),
    "sound.docx": (OFFICE, "fmt/412"),
    "sound.jpg": (IMAGE, "fmt/645"),
    "sound.mkv": (VIDEO, "fmt/569"),
    "sound.mp3": (AUDIO, "fmt/134"),
    "sound.odt": (OFFICE, "fmt/1756"),
    "sound.wav": (AUDIO, "fmt/141"),
    "text-named.tif": (TEXT, ""),
    "truncated.jpg": (IMAGE, ""),
}
LIARS = {"docx-named.jpg", "text-named.tif"}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_real_files_are(name: str) -> None:
    kind, puid = EXPECTED[name]
    format = decide.identify(FILES / name, POLICY)
    assert format.kind == kind
    assert not puid or format.puid == puid
    assert format.reason and len(format.claims) >= 2


@pytest.mark.parametrize(
    ("name", "kind", "options"),
    [
        ("a.dv", VIDEO, ("-target", "pal-dv")),
        ("a.ac3", AUDIO, ("-vn",)),
        ("a.caf", AUDIO, ("-vn",)),
        ("a.w64", AUDIO, ("-vn",)),
    ],
)
def test_recordings_of_older_devices(tmp_path: Path, name: str, kind: str, options: tuple[str, ...]) -> None:
    inputs = ("-f", "lavfi", "-i", "testsrc=s=720x576:r=25", "-f", "lavfi", "-i", "sine=r=48000", "-t", "0.2")
    subprocess.run(["ffmpeg", "-v", "error", *inputs, *options, tmp_path / name], check=True)
    format = decide.identify(tmp_path / name, POLICY)
    assert format.kind == kind
    assert not decide.name_lies(format, name.partition(".")[2], POLICY, damaged=False)


@pytest.mark.parametrize("path", sorted(FILES.iterdir()), ids=lambda p: p.name)
def test_only_names_that_lie_are_called_liars(path: Path) -> None:
    format = decide.identify(path, POLICY)
    assert decide.name_lies(format, path.suffix[1:], POLICY, damaged=False) is (path.name in LIARS)


@pytest.mark.parametrize(
    ("source", "extension", "lies"),
    [
        ("sound.jpg", "pdf", True),
        ("sound.jpg", "png", True),
        ("sound.jpg", "mpo", False),
        ("sound.jpg", "jpeg", False),
        ("small.heic", "heif", False),
        ("sound.png", "", False),
        ("sound.mkv", "mp4", True),
        ("sound.wav", "mp3", True),
        ("sound.doc", "xls", True),
        ("sound.docx", "docm", False),
        ("hello.ofd", "zip", True),
        ("sound.pdf", "docx", True),
        ("text-named.tif", "srt", False),
        ("text-named.tif", "unheardof", False),
    ],
)
def test_names_that_lie(tmp_path: Path, source: str, extension: str, lies: bool) -> None:
    path = tmp_path / (f"x.{extension}" if extension else "x")
    shutil.copyfile(FILES / source, path)
    assert decide.name_lies(decide.identify(path, POLICY), extension, POLICY, damaged=False) is lies


def pronom(puid: str, media_type: str, basis: str) -> FormatClaim:
    return FormatClaim(by="siegfried", registry="pronom", identifier=puid, media_type=media_type, basis=basis)


def magic(media_type: str) -> FormatClaim:
    return FormatClaim(by="libmagic", registry="media-type", identifier=media_type, media_type=media_type)


def test_a_name_alone_counts_only_where_the_bytes_agree() -> None:
    by_name = pronom("x-fmt/18", "text/csv", "extension match csv")
    assert decide.decide((by_name, magic("text/csv")), POLICY).puid == "x-fmt/18"
    assert decide.decide((by_name, magic("image/png")), POLICY).media_type == "image/png"


def test_identifiers_that_contradict_each_other_are_told() -> None:
    format = decide.decide((pronom("fmt/18", "application/pdf", "byte match at 0, 8"), magic("image/png")), POLICY)
    assert format.puid == "" and format.media_type == "image/png" and "disagree" in format.reason


def test_a_vague_media_type_contradicts_nobody() -> None:
    for vague in ("application/octet-stream", "text/plain", "application/zip"):
        format = decide.decide((pronom("fmt/18", "application/pdf", "byte match at 0, 8"), magic(vague)), POLICY)
        assert format.puid == "fmt/18"


@given(
    puid=st.sampled_from(["", "fmt/18", "fmt/43", "x-fmt/111", "fmt/99999"]),
    media=st.sampled_from(["", "application/pdf", "image/jpeg", "text/plain", "application/zip", "x/y"]),
    basis=st.sampled_from(["", "byte match at 0, 8", "extension match x", "container name x"]),
    seen=st.sampled_from(["", "application/pdf", "image/png", "text/plain", "application/octet-stream", "x/z"]),
)
def test_any_claims_give_a_decision_with_a_reason(puid: str, media: str, basis: str, seen: str) -> None:
    claims = (pronom(puid, media, basis), magic(seen))
    format = decide.decide(claims, POLICY)
    assert format.reason and format.media_type and format.claims == claims


def test_a_pdf_whose_header_comes_late(tmp_path: Path) -> None:
    """A server's or an editor's line before it: viewers open it, identifiers look at the first bytes only."""
    late = tmp_path / "late.pdf"
    late.write_bytes(b"\r\n\r\n" + (FILES / "sound.pdf").read_bytes())
    format = decide.identify(late, POLICY)
    assert format.kind == PDF and "header" in format.reason
    assert not decide.name_lies(format, "pdf", POLICY, damaged=False)


@pytest.mark.parametrize("extension", ["bin", "dat", "jls", "jhc", "sgi", "pnm", "ar", "unheardof"])
@pytest.mark.parametrize("source", ["sound.jp2", "sound.jpg", "sound.ogg", "sound.zip-like"])
def test_an_extension_that_nobody_owns_tells_nothing(tmp_path: Path, source: str, extension: str) -> None:
    path = tmp_path / f"x.{extension}"
    shutil.copyfile(FILES / source.replace("sound.zip-like", "sound.docx"), path)
    assert not decide.name_lies(decide.identify(path, POLICY), extension, POLICY, damaged=False)


def test_a_flat_open_document_is_xml_under_its_own_name(tmp_path: Path) -> None:
    flat = tmp_path / "x.fodt"
    flat.write_text('<?xml version="1.0" encoding="UTF-8"?>\n<office:document xmlns:office="urn:o"/>', "utf-8")
    assert not decide.name_lies(decide.identify(flat, POLICY), "fodt", POLICY, damaged=False)


@pytest.mark.parametrize(
    ("name", "lang", "called"),
    [
        ("sound.docx", "zh", "Word 文档（.docx）"),
        ("sound.docx", "en", "Word document (.docx)"),
        ("header-only.cr2", "en", "Canon RAW"),
    ],
)
def test_formats_are_called_as_people_call_them(name: str, lang: Language, called: str) -> None:
    said = decide.called(decide.identify(FILES / name, POLICY))
    assert called in Texts.load().say(said, lang)
