"""What is odd about the frame of a PDF though it opens."""

from pathlib import Path

import pytest

from pipeline.tools import pdf_structure
from tests.makers.real_files import pdf
from tests.makers.received import FILES

TABLE = b"xref\n0 2\n0000000000 65535 f \n0000000015 00000 n \ntrailer"


def codes(path: Path) -> list[str]:
    return [said.code for said in pdf_structure.oddities(path)]


@pytest.mark.parametrize("name", ["sound.pdf", "pdfa-1b.pdf", "broken.pdf", "open-password.pdf"])
def test_ordinary_ones_are_not_odd(name: str) -> None:
    assert codes(FILES / name) == [] and not pdf_structure.is_late_pdf(FILES / name)


def test_what_stands_before_the_header(tmp_path: Path) -> None:
    late = tmp_path / "late.pdf"
    late.write_bytes(b"\r\n\r\n" + pdf(tmp_path / "x.pdf").read_bytes())
    assert codes(late) == ["pdf_header_late"] and pdf_structure.is_late_pdf(late)
    (tmp_path / "note.txt").write_bytes(b"A PDF begins with %PDF-1.4\n%PDF-1.4\n")
    assert not pdf_structure.is_late_pdf(tmp_path / "note.txt")


def test_an_end_without_its_mark(tmp_path: Path) -> None:
    whole = pdf(tmp_path / "x.pdf")
    whole.write_bytes(whole.read_bytes().replace(b"%%EOF", b""))
    assert codes(whole) == ["pdf_end_mark_missing"]


@pytest.mark.parametrize(
    ("table", "odd"),
    [
        (TABLE, False),
        (TABLE.replace(b" \n", b"\r\n"), False),
        (TABLE.replace(b" \n", b"\n"), True),
        (TABLE.replace(b"15", b"x5"), True),
        (b"12 0 obj <</Type /XRef>>", False),
    ],
)
def test_a_table_is_written_in_lines_of_twenty_bytes(tmp_path: Path, table: bytes, odd: bool) -> None:
    data = b"%PDF-1.4\n"
    (tmp_path / "x.pdf").write_bytes(data + table + b"\nstartxref\n%d\n%%%%EOF" % len(data))
    assert codes(tmp_path / "x.pdf") == (["pdf_table_odd"] if odd else [])


@pytest.mark.parametrize("data", [b"", b"%PDF-", b"startxref 99999999999\n%%EOF", b"startxref 0", b"xref\n0 99\n"])
def test_any_bytes_end(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.pdf").write_bytes(data)
    assert isinstance(pdf_structure.oddities(tmp_path / "x.pdf"), tuple)
