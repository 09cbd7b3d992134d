"""Containers: what they declare, whether they read to their end, and bombs."""

import zipfile
from pathlib import Path

import pytest

from pipeline.tools import zips
from tests.makers.received import FILES

LIMIT = 2**30


def test_what_containers_declare() -> None:
    assert zips.inner_type(FILES / "hello.ofd") == "application/ofd"
    assert zips.inner_type(FILES / "sound.odt") == "application/vnd.oasis.opendocument.text"
    assert zips.inner_type(FILES / "sound.docx") == ""
    assert zips.inner_type(FILES / "sound.jpg") == ""


def test_a_whole_container_reads_to_its_end() -> None:
    read = zips.read_through(FILES / "sound.docx", max_bytes=LIMIT)
    assert read.members > 3 and not (read.fault or read.too_large or read.encrypted)


def test_a_member_whose_bytes_changed_is_damage(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("甲.txt", "兰台" * 100)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[100] ^= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert "CRC" in str(zips.read_through(tmp_path / "a.zip", max_bytes=LIMIT).fault)


def test_a_cut_container_is_damaged(tmp_path: Path) -> None:
    data = (FILES / "sound.docx").read_bytes()
    (tmp_path / "a.docx").write_bytes(data[: len(data) * 8 // 10])
    assert zips.read_through(tmp_path / "a.docx", max_bytes=LIMIT).fault


def test_a_bomb_is_not_unfolded(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("zeros", bytes(20_000_000))
    assert "size=20000000" in str(zips.read_through(tmp_path / "bomb.zip", max_bytes=LIMIT).too_large)


def test_more_than_the_limit_is_not_unfolded(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a", b"0123456789" * 100)
    assert "unfolds_to (most=999" in str(zips.read_through(tmp_path / "a.zip", max_bytes=999).too_large)


def test_an_encrypted_opendocument_is_locked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    assert zips.read_through(tmp_path / "a.odt", max_bytes=LIMIT).encrypted
    assert zips.is_locked(tmp_path / "a.odt")
    assert not zips.is_locked(FILES / "sound.odt")


def document_with(folder: Path, content: bytes) -> Path:
    path = folder / "a.docx"
    with zipfile.ZipFile(FILES / "sound.docx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == "word/document.xml" else old.read(name))
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<broken", ""),
        (b"<a></b>", "member=word/document.xml, reason=mismatched tag"),
        (b"<!DOCTYPE a [<!ENTITY x 'lol'>]><a>&x;</a>", "declares the entity x"),
        (b"<a/>", ""),
        ('<?xml version="1.0" encoding="GB18030"?><题名/>'.encode("gb18030"), ""),
    ],
)
def test_xml_in_a_document_must_be_well_formed(tmp_path: Path, content: bytes, said: str) -> None:
    read = zips.read_through(document_with(tmp_path, content), max_bytes=LIMIT, documents=True)
    assert (said in str(read.fault)) if said else (bool(read.fault) is (content == b"<broken"))
    assert not zips.read_through(tmp_path / "a.docx", max_bytes=LIMIT).fault


def test_a_way_of_packing_that_nothing_here_unfolds_is_no_damage(tmp_path: Path) -> None:
    """Windows packs files of 2 GiB and more as Deflate64."""
    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("first.txt", b"first", zipfile.ZIP_DEFLATED)
        archive.writestr("second.txt", b"second")
    data = bytearray(path.read_bytes())
    local, central = data.index(b"PK\x03\x04", 10), data.rindex(b"PK\x01\x02")
    data[local + 8 : local + 10] = data[central + 10 : central + 12] = b"\x09\0"
    path.write_bytes(data)
    read = zips.read_through(path, max_bytes=2**20)
    assert read.packed == "Deflate64" and read.fault is None
    at = data.index(b"first.txt") + len(b"first.txt")
    data[at : at + 4] = b"\xff" * 4
    path.write_bytes(data)
    assert zips.read_through(path, max_bytes=2**20).fault, "what can be unfolded still is"
