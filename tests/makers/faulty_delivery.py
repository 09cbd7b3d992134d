"""A delivery with one planted fault for each thing that receiving must notice, and the same delivery mended.

    python -m tests.makers.faulty_delivery DIR [--mended]

The catalogues are fixtures; the pages come from other fixtures; links, a FIFO and a name in GBK, which git
cannot hold, are made here. `FAULTS` says what is planted, `GOOD_RECORDS` what must go through in both.
"""

import argparse
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures"
CATALOGUES = FIXTURES / "deliveries" / "faulty"
MANIFEST = "manifest-sha256.txt"
OUTSIDE_FILE = "../../outside.txt"  # in the catalogue's column 文件
OUTSIDE_MANIFEST = "../outside.txt"  # in the depositor's list of checksums

Pages = dict[str, str]
"""File name in the record's folder → fixture that it is a copy of; no fixture means an empty file."""


def faulty_code(number: int) -> str:
    return f"K021-WS·2020·D30-{number:04d}"


def _file(number: int, name: str) -> str:
    return f"files/{faulty_code(number)}/{name}"


@dataclass(frozen=True, slots=True)
class Fault:
    """`subject` is the 档号, or a path where no record is concerned; `path` names the file at fault."""

    code: str
    subject: str
    zh: str
    path: str = ""


NOT_UTF8_NAME = "002附图.tif".encode("gbk")
FIFO = _file(13, "002.tif")
LINKS: Mapping[str, str] = {_file(8, "002.tif"): "/etc/hostname", _file(8, "003.tif"): "001.tif"}

FAULTS: tuple[Fault, ...] = (
    Fault("row_without_files", faulty_code(1), "目录有此件，移交材料中没有对应文件"),
    Fault("files_without_row", faulty_code(2), "有文件夹，目录中没有对应条目", f"files/{faulty_code(2)}"),
    Fault("doubled_archival_code", faulty_code(3), "两条目录使用同一档号而题名不同"),
    Fault("page_gap", faulty_code(4), "缺第003页，页号不连续"),
    Fault("damaged_file", faulty_code(5), "JPEG 文件被截断", _file(5, "002.jpg")),
    Fault("extension_lies", faulty_code(6), "扩展名为 jpg，实为 Word 文档", _file(6, "002.jpg")),
    Fault("empty_file", faulty_code(7), "文件长度为零", _file(7, "002.tif")),
    Fault("symbolic_link", faulty_code(8), "符号链接指向系统文件", _file(8, "002.tif")),
    Fault("symbolic_link", faulty_code(8), "符号链接指向同一文件夹中的另一文件", _file(8, "003.tif")),
    Fault("unsafe_path", faulty_code(9), "目录的文件栏指向移交文件夹之外", OUTSIDE_FILE),
    Fault("unsafe_path", MANIFEST, "校验清单列有移交文件夹之外的路径", OUTSIDE_MANIFEST),
    Fault("name_not_utf8", faulty_code(10), "文件名是 GBK 字节，不是 UTF-8"),
    Fault("page_count_differs", faulty_code(11), "目录页数为5，实有3页"),
    Fault("checksum_differs", faulty_code(12), "文件与校验清单所载的值不符", _file(12, "001.tif")),
    Fault("checksum_names_missing_file", faulty_code(15), "校验清单所列文件不存在", _file(15, "002.tif")),
    Fault("not_a_regular_file", faulty_code(13), "命名管道，不是普通文件", FIFO),
    Fault("personal_number_in_text", faulty_code(14), "题名中有公民身份号码"),
)


def _tiff(*numbers: int) -> Pages:
    """Pages 001, 002 … made of these pages of the demonstration's TIFF household file."""
    return {
        f"{place:03d}.tif": f"deliveries/demo/files/K021-ZY·FP·2019·Y-002/{number:03d}.tif"
        for place, number in enumerate(numbers, 1)
    }


def _photo(*numbers: int) -> Pages:
    return {
        f"{place:03d}.jpg": f"deliveries/demo/files/K021-ZP·2019·D30-025/{number:03d}.jpg"
        for place, number in enumerate(numbers, 1)
    }


GOOD_RECORDS: Mapping[str, Pages] = {
    # The catalogue writes the next two with full-width digits and with U+30FB for the dot.
    "K021-WS·2020·Y-0001": _tiff(1, 2),
    "K021-WS·2020·Y-0002": _tiff(3, 4, 5),
    "K021-WS·2020·Y-0003": {"001.pdf": "deliveries/demo/files/K021-WS·2019·Y-0012/001.pdf"},
    "K021-WS·2020·Y-0004": _tiff(6, 7),
    "K021-WS·2020·Y-0005": _tiff(8, 1),
    "K021-ZY·FP·2020·Y-001": _tiff(2, 4, 6),  # 页数 is full-width, 𠮷 in the title takes four bytes
    "K021-ZP·2020·D30-001": _photo(1, 6),
}

_FAULTY: Mapping[str, Pages] = {
    faulty_code(2): _tiff(1),
    faulty_code(3): _tiff(2),
    faulty_code(4): {name: page for name, page in _tiff(3, 4, 5, 6).items() if name != "003.tif"},
    faulty_code(5): _photo(5) | {"002.jpg": "files/truncated.jpg"},
    faulty_code(6): _photo(6) | {"002.jpg": "files/docx-named.jpg"},
    faulty_code(7): _tiff(7) | {"002.tif": ""},
    faulty_code(8): _tiff(8),
    faulty_code(9): _tiff(1),
    faulty_code(10): _tiff(2),
    faulty_code(11): _photo(4, 5, 6),
    faulty_code(12): _tiff(7),
    faulty_code(13): _tiff(8),
    faulty_code(14): _tiff(3),
    faulty_code(15): _tiff(5),
}

_MENDED: Mapping[str, Pages] = {
    faulty_code(1): _tiff(6, 7),
    faulty_code(4): _tiff(3, 4, 5, 6),
    faulty_code(5): _photo(5, 4),
    faulty_code(6): _photo(6, 2),
    faulty_code(7): _tiff(7, 8),
    faulty_code(16): _tiff(4),  # what shared the code of the third
}


def faulty_delivery(delivery: Path, *, mended: bool = False) -> Path:
    """Write the delivery into a directory that must not exist yet."""
    records = {**GOOD_RECORDS, **_FAULTY, **(_MENDED if mended else {})}
    delivery.mkdir(parents=True)
    source = CATALOGUES / ("catalogue-mended.csv" if mended else "catalogue.csv")
    shutil.copyfile(source, delivery / "catalogue.csv")
    for code, pages in records.items():
        _lay_out(delivery / "files" / code, pages)
    lines = _checksums(delivery)
    _name_in_other_bytes(delivery)
    if not mended:
        lines = _spoil(lines)
        _plant_what_git_cannot_hold(delivery)
    text = "".join(f"{digest}  {path}\n" for path, digest in sorted(lines.items()))
    (delivery / MANIFEST).write_text(text, encoding="utf-8")
    return delivery


def _lay_out(folder: Path, pages: Pages) -> None:
    folder.mkdir(parents=True)
    for name, fixture in pages.items():
        if fixture:
            shutil.copyfile(FIXTURES / fixture, folder / name)
        else:
            (folder / name).touch()


def _checksums(delivery: Path) -> dict[str, str]:
    """Path → SHA-256 of the files laid out so far, which are all regular and have names in UTF-8."""
    files = (path for path in delivery.glob("files/**/*") if path.is_file())
    return {path.relative_to(delivery).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _spoil(lines: Mapping[str, str]) -> dict[str, str]:
    other = hashlib.sha256(b"other bytes").hexdigest()
    return {**lines, _file(12, "001.tif"): other, _file(15, "002.tif"): other, OUTSIDE_MANIFEST: other}


def _plant_what_git_cannot_hold(delivery: Path) -> None:
    for path, target in LINKS.items():
        (delivery / path).symlink_to(target)
    os.mkfifo(delivery / FIFO)


def _name_in_other_bytes(delivery: Path) -> None:
    """Told, and stored all the same: nothing to mend."""
    folder = delivery / "files" / faulty_code(10)
    shutil.copyfile(FIXTURES / _tiff(1)["001.tif"], folder / os.fsdecode(NOT_UTF8_NAME))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a delivery with planted faults.")
    parser.add_argument("delivery", type=Path, help="directory to make")
    parser.add_argument("--mended", action="store_true", help="the same delivery with every fault mended")
    arguments = parser.parse_args()
    faulty_delivery(arguments.delivery, mended=arguments.mended)


if __name__ == "__main__":
    main()
