"""LibreOffice: one call for a record's documents; locked ones are named; nothing calls home."""

import http.server
import threading
import zipfile
from pathlib import Path

import pikepdf

from pipeline.tools import office
from tests.makers import real_files
from tests.makers.received import FILES


def document(path: Path, extension: str = "") -> office.Document:
    return office.Document(path=path, extension=extension or path.suffix[1:], subject=path.name)


def test_several_documents_in_one_call(tmp_path: Path) -> None:
    names = ["sound.docx", "sound.xlsx", "sound.pptx", "sound.odt", "sound.doc"]
    made = office.to_pdf(
        [document(FILES / name) for name in names], tmp_path, seconds=120, max_bytes=2**30, scratch=tmp_path
    )
    assert [path and path.name for path in made] == [f"d{n:05d}.pdf" for n in range(1, 6)]
    for path in made:
        assert path is not None
        with pikepdf.open(path) as pdf:
            assert len(pdf.pages) >= 1


def test_chinese_text_arrives(tmp_path: Path) -> None:
    source = real_files.docx(tmp_path / "a.docx", "关于扶贫工作的报告")
    (made,) = office.to_pdf([document(source)], tmp_path, seconds=120, max_bytes=2**30, scratch=tmp_path)
    assert made is not None
    with pikepdf.open(made) as pdf:
        fonts = pdf.pages[0].resources["/Font"]
        assert len(list(fonts.keys())) >= 1


def test_a_locked_document_costs_only_its_own_pdf(tmp_path: Path) -> None:
    documents = [document(FILES / "sound.docx"), document(FILES / "password.docx")]
    made = office.to_pdf(documents, tmp_path, seconds=120, max_bytes=2**30, scratch=tmp_path)
    assert made[0] is not None and made[0].stat().st_size and made[1] is None


class _Seen(http.server.BaseHTTPRequestHandler):
    seen: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        _Seen.seen.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        return


def test_a_linked_picture_is_not_fetched(tmp_path: Path) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Seen)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        source = tmp_path / "linked.odt"
        link = f"http://127.0.0.1:{server.server_port}/beacon.png"
        with zipfile.ZipFile(FILES / "sound.odt") as old, zipfile.ZipFile(source, "w") as new:
            for name in old.namelist():
                data = old.read(name)
                if name == "content.xml":
                    image = (
                        '<text:p><draw:frame text:anchor-type="as-char" svg:width="5cm" svg:height="5cm">'
                        f'<draw:image xlink:href="{link}" xlink:type="simple"/></draw:frame></text:p></office:text>'
                    )
                    data = data.replace(b"</office:text>", image.encode())
                new.writestr(name, data)
        office.to_pdf([document(source)], tmp_path, seconds=120, max_bytes=2**30, scratch=tmp_path)
    finally:
        server.shutdown()
        server.server_close()
    assert _Seen.seen == []
