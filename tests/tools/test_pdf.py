"""PDF: damage, locks and signatures are told apart; descriptions survive with rare characters."""

import resource
import shutil
from pathlib import Path

import pikepdf
import pytest

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


@pytest.mark.parametrize("odd", [pikepdf.Dictionary(A=1), pikepdf.Array([1]), b"<html/>", b"<a:b/>", bytes(9)])
def test_an_odd_description_is_replaced_without_a_word(
    tmp_path: Path, odd: object, capfd: pytest.CaptureFixture[str]
) -> None:
    with pikepdf.open(FILES / "sound.pdf") as document:
        document.Root.Metadata = document.make_stream(odd) if isinstance(odd, bytes) else odd
        document.save(tmp_path / "odd.pdf", fix_metadata_version=False)
    pdf.embed(tmp_path / "odd.pdf", tmp_path / "d.pdf", DESCRIPTION, subject="x")
    with pikepdf.open(tmp_path / "d.pdf") as after, after.open_metadata(set_pikepdf_as_editor=False) as xmp:
        assert xmp["dc:identifier"] == "K021-WS·2019"
    assert capfd.readouterr() == ("", "")


def test_what_is_of_the_hour_goes_and_a_note_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    shutil.copyfile(FILES / "sound.pdf", path)
    pdf.settle(path, note="未固定：DATE", subject="a")
    once = path.read_bytes()
    pdf.settle(path, note="", subject="a")
    with pikepdf.open(path) as opened:
        assert "/CreationDate" not in opened.docinfo and "/ModDate" not in opened.docinfo
        assert str(opened.docinfo["/Keywords"]) == "未固定：DATE" and "/Metadata" not in opened.Root
        assert [str(each.Contents) for each in opened.pages[0].obj.Annots if each.Subtype == "/Text"] == [
            "未固定：DATE"
        ]
        assert len(opened.pages) == 2
    assert path.read_bytes() == once


def test_bare_pages(tmp_path: Path) -> None:
    bare = pikepdf.new()
    bare.add_blank_page()
    bare.save(tmp_path / "bare.pdf")
    assert pdf.is_bare(tmp_path / "bare.pdf") and not pdf.is_bare(FILES / "sound.pdf")
