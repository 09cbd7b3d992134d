"""PDF: damage, locks and signatures are told apart; descriptions survive with rare characters."""

import resource
from pathlib import Path

import pikepdf
import pytest

from pipeline.domain.messages import message
from pipeline.errors import ToolGarbled
from pipeline.tools import pdf
from tests.makers.received import FILES

DESCRIPTION = pdf.PdfDescription(
    title="关于𠮷林乡的报告",
    creator="某县扶贫办",
    identifier="K021-WS·2019",
    source="K021",
    date="2019-04-12",
    rights="开放",
)


def test_sound_ones_read_to_their_end() -> None:
    assert pdf.read_through(FILES / "sound.pdf") == pdf.PdfReading(pages=2)
    assert pdf.read_through(FILES / "pdfa-1b.pdf") == pdf.PdfReading(pages=1)


def test_one_without_a_catalogue_is_damaged() -> None:
    assert pdf.read_through(FILES / "broken.pdf").fault


@pytest.mark.parametrize("keep", [0.1, 0.7, 0.98])
def test_one_cut_short_is_damaged_though_viewers_repair_it(tmp_path: Path, keep: float) -> None:
    data = (FILES / "pdfa-1b.pdf").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(data[: int(len(data) * keep)])
    read = pdf.read_through(tmp_path / "cut.pdf")
    assert read.fault and str(tmp_path) not in str(read.fault)


def test_one_that_needs_a_password_is_locked_not_damaged() -> None:
    read = pdf.read_through(FILES / "open-password.pdf")
    assert (read.encrypted, read.opens, read.fault) == (True, False, None)


def test_one_that_opens_but_is_restricted(tmp_path: Path) -> None:
    with pikepdf.open(FILES / "sound.pdf") as document:
        document.save(tmp_path / "r.pdf", encryption=pikepdf.Encryption(owner="lantai", user=""))
    read = pdf.read_through(tmp_path / "r.pdf")
    assert (read.encrypted, read.opens, read.pages) == (True, True, 2)


def test_a_signature_is_seen(tmp_path: Path) -> None:
    with pikepdf.open(FILES / "sound.pdf") as document:
        field = document.make_indirect(
            pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("s"), V=pikepdf.Dictionary(Type=pikepdf.Name.Sig))
        )
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        document.save(tmp_path / "signed.pdf")
    assert pdf.read_through(tmp_path / "signed.pdf").signed
    assert not pdf.read_through(FILES / "sound.pdf").signed


def test_one_without_pages_is_damaged(tmp_path: Path) -> None:
    with pikepdf.new() as document:
        document.save(tmp_path / "none.pdf")
    assert pdf.read_through(tmp_path / "none.pdf").fault == message("no_pages")


def test_a_description_is_embedded_and_nothing_else_changes(tmp_path: Path) -> None:
    pdf.embed(FILES / "pdfa-1b.pdf", tmp_path / "d.pdf", DESCRIPTION, subject="x")
    with pikepdf.open(FILES / "pdfa-1b.pdf") as before, pikepdf.open(tmp_path / "d.pdf") as after:
        assert str(after.docinfo["/Title"]) == "关于𠮷林乡的报告"
        assert after.docinfo.get("/CreationDate") == before.docinfo.get("/CreationDate")
        with after.open_metadata(set_pikepdf_as_editor=False) as xmp:
            assert xmp["dc:title"] == "关于𠮷林乡的报告"
            assert xmp["dc:identifier"] == "K021-WS·2019"
            assert xmp["dc:description"] == str(after.docinfo["/Subject"]), "PDF/A asks for both alike"
            assert xmp["dc:rights"] == "开放"
            assert list(xmp["dc:creator"]) == ["某县扶贫办"]
            assert xmp["pdfaid:part"] == "1"
        for old, new in zip(before.pages, after.pages, strict=True):
            assert old.Contents.read_raw_bytes() == new.Contents.read_raw_bytes()


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        pdf.embed(FILES / "sound.pdf", tmp_path / name, DESCRIPTION, subject="x")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_pages_are_joined_in_order(tmp_path: Path) -> None:
    assert pdf.join([FILES / "sound.pdf", FILES / "pdfa-1b.pdf"], tmp_path / "j.pdf") == 3
    assert pdf.page_count(tmp_path / "j.pdf", subject="x") == 3


def test_a_volume_of_more_pages_than_files_may_be_open(tmp_path: Path) -> None:
    """1,024 is what Debian and Ubuntu allow a process."""
    parts = [tmp_path / f"{number:04d}.pdf" for number in range(600)]
    for number, path in enumerate(parts):
        with pikepdf.new() as document:
            document.add_blank_page(page_size=(100 + number, 100))
            document.save(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (400, hard))
    try:
        assert pdf.join(parts, tmp_path / "j.pdf") == 600
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    with pikepdf.open(tmp_path / "j.pdf") as document:
        assert [int(page.mediabox[2]) for page in document.pages] == [100 + number for number in range(600)]
    assert sorted(tmp_path.glob("j*")) == [tmp_path / "j.pdf"]


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF\n"])
def test_garbage_for_a_result_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "g.pdf").write_bytes(content)
    with pytest.raises(ToolGarbled):
        pdf.page_count(tmp_path / "g.pdf", subject="x")
