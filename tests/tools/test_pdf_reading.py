"""PDF: damage, locks and signatures are told apart; what is only odd is a doubt."""

import zlib
from pathlib import Path

import pikepdf
import pytest

from pipeline.domain.messages import message
from pipeline.tools.pdf_reading import PdfReading, Repaired, metadata_fault, read_through, rewritten
from tests.makers.received import FILES


def test_sound_ones_read_to_their_end() -> None:
    assert read_through(FILES / "sound.pdf") == PdfReading(pages=2)
    assert read_through(FILES / "pdfa-1b.pdf") == PdfReading(pages=1)


def test_one_without_a_catalogue_is_damaged() -> None:
    assert read_through(FILES / "broken.pdf").fault


@pytest.mark.parametrize("keep", [0.1, 0.7, 0.98])
def test_one_cut_short_is_damaged_though_viewers_repair_it(tmp_path: Path, keep: float) -> None:
    data = (FILES / "pdfa-1b.pdf").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(data[: int(len(data) * keep)])
    read = read_through(tmp_path / "cut.pdf")
    assert read.fault and str(tmp_path) not in str(read.fault)


def test_one_that_needs_a_password_is_locked_not_damaged() -> None:
    read = read_through(FILES / "open-password.pdf")
    assert (read.encrypted, read.opens, read.fault) == (True, False, None)


def test_one_that_opens_but_is_restricted(tmp_path: Path) -> None:
    with pikepdf.open(FILES / "sound.pdf") as document:
        document.save(tmp_path / "r.pdf", encryption=pikepdf.Encryption(owner="lantai", user=""))
    read = read_through(tmp_path / "r.pdf")
    assert (read.encrypted, read.opens, read.pages) == (True, True, 2)


def test_a_signature_is_seen(tmp_path: Path) -> None:
    with pikepdf.open(FILES / "sound.pdf") as document:
        field = document.make_indirect(
            pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("s"), V=pikepdf.Dictionary(Type=pikepdf.Name.Sig))
        )
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=1)
        document.save(tmp_path / "signed.pdf")
        del field.V
        document.save(tmp_path / "to-be-signed.pdf")
    assert read_through(tmp_path / "signed.pdf").signed
    assert not read_through(tmp_path / "to-be-signed.pdf").signed, "a field without a value is a place to sign"
    assert not read_through(FILES / "sound.pdf").signed


def test_one_without_pages_is_damaged(tmp_path: Path) -> None:
    with pikepdf.new() as document:
        document.save(tmp_path / "none.pdf")
    assert read_through(tmp_path / "none.pdf").fault == message("no_pages")


def test_a_checksum_of_other_bytes_is_a_doubt(tmp_path: Path) -> None:
    """QPDF and viewers do not look at it."""
    packed = zlib.compress(b"BT ET " * 500)
    for name, raw in (("right", packed), ("wrong", packed[:-1] + bytes([packed[-1] ^ 1])), ("none", packed[:-4])):
        with pikepdf.new() as document:
            page = document.add_blank_page()
            page.Contents = document.make_stream(raw, Filter=pikepdf.Name.FlateDecode)
            document.save(tmp_path / f"{name}.pdf", compress_streams=False, stream_decode_level=_AS_IT_IS)
    wrong = read_through(tmp_path / "wrong.pdf")
    assert wrong.fault is None and wrong.doubts == (message("pdf_checksums_differ", streams=1),)
    assert not read_through(tmp_path / "right.pdf").doubts
    assert wrong.doubts != read_through(tmp_path / "none.pdf").doubts, "of one without a checksum QPDF itself tells"


_AS_IT_IS = pikepdf.StreamDecodeLevel.none


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', ""),
        (b"", ""),
        (bytes(64), ""),
        (b"<html>oops</html>", "nowhere"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "nowhere"),
        (b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">', "partly"),
        (b"<r:RDF/>", "partly"),
    ],
)
def test_what_a_description_is_worth(data: bytes, fault: str) -> None:
    with pikepdf.new() as document:
        document.Root.Metadata = document.make_stream(data)
        assert metadata_fault(document) == fault


def test_a_description_that_is_no_stream_is_none() -> None:
    with pikepdf.new() as document:
        assert metadata_fault(document) == ""
        for odd in (pikepdf.Dictionary(A=1), pikepdf.Array([1]), pikepdf.String("x")):
            document.Root.Metadata = odd
            assert metadata_fault(document) == "nowhere"


def test_what_lacks_something_is_not_repaired(tmp_path: Path) -> None:
    data = (FILES / "pdfa-1b.pdf").read_bytes()
    (tmp_path / "whole.pdf").write_bytes(data + bytes(5000))
    assert rewritten(tmp_path / "whole.pdf", tmp_path / "whole-again.pdf") == Repaired(pages=1)
    (tmp_path / "cut.pdf").write_bytes(data[: len(data) * 7 // 10])
    assert rewritten(tmp_path / "cut.pdf", tmp_path / "cut-again.pdf").pages == 0
    assert not (tmp_path / "cut-again.pdf").exists() and len(list(tmp_path.iterdir())) == 3
