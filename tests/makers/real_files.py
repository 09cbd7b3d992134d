"""Tiny real files, and deliveries of any size, made on the fly for tests and measurements.

Everything opens in an ordinary viewer. The same arguments give the same picture, sound or text. Files that
cannot be made here (old formats, damage met in the field) lie in `tests/fixtures/`.
"""

import array
import itertools
import math
import os
import random
import struct
import subprocess
import wave
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pikepdf
import pyvips

HEADERS = ("档号", "题名", "责任者", "日期", "保管期限", "页数", "密级", "开放标识", "备注")

_MEBIBYTE = 1 << 20
_QUALITY = 85
_PLAY = 256  # how far a photo's window may slide over its base picture, in each direction
_BASES = 4

_CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Override PartName="/word/document.xml" \
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONSHIPS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
<Relationship Id="rId1" Target="word/document.xml" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>"""
_DOCUMENT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>"""
_PARAGRAPH = '<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>'


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """One record of a delivery's catalogue, in the order of `HEADERS`."""

    archival_code: str
    title: str
    creator: str = "某县扶贫开发办公室"
    date: str = "20200915"
    retention: str = "30年"
    pages: int = 1
    secrecy: str = "公开"
    openness: str = "开放"
    note: str = ""


def jpeg(path: Path, width: int = 320, height: int = 240, seed: int = 0) -> Path:
    _texture(width, height, seed).jpegsave(str(path), Q=_QUALITY)
    return path


def png(path: Path, width: int = 320, height: int = 240, seed: int = 0) -> Path:
    _texture(width, height, seed).pngsave(str(path))
    return path


def tiff(path: Path, width: int = 320, height: int = 240, seed: int = 0, *, pages: int = 1) -> Path:
    """LZW at 300 dpi; each page has another picture."""
    leaves = [_texture(width, height, seed + number) for number in range(pages)]
    joined = pyvips.Image.arrayjoin(leaves, across=1).copy(xres=300 / 25.4, yres=300 / 25.4)
    joined.tiffsave(str(path), compression="lzw", page_height=height, resunit="inch")
    return path


def pdf(path: Path, pages: int = 1) -> Path:
    """A4 pages, each with one line of Latin text in a font that is not embedded."""
    with pikepdf.new() as document:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        for number in range(1, pages + 1):
            page = document.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            page.Contents = document.make_stream(f"BT /F1 24 Tf 72 720 Td (page {number} of {pages}) Tj ET".encode())
        document.save(path, static_id=True)
    return path


def wav(path: Path, seconds: float = 1.0) -> Path:
    """A440 in 16 bits, mono, 8 kHz."""
    rate = 8000
    samples = array.array(
        "h", (round(12000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(round(rate * seconds)))
    )
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, rate, len(samples), "NONE", "not compressed"))
        sound.writeframes(samples.tobytes())
    return path


def mp4(path: Path, seconds: float = 1.0) -> Path:
    """Test card and tone: H.264 and AAC."""
    command = ["ffmpeg", "-v", "error", "-y"]
    command += ["-f", "lavfi", "-i", f"testsrc2=duration={seconds}:size=320x240:rate=25"]
    command += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
    command += ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-threads", "1", "-c:a", "aac"]
    command += ["-fflags", "+bitexact", "-flags", "+bitexact", "-f", "mp4", os.fspath(path)]
    subprocess.run(command, check=True, timeout=120, stdin=subprocess.DEVNULL)
    return path


def docx(path: Path, text: str) -> Path:
    """The smallest document that Word and LibreOffice open: one paragraph for each line of text."""
    body = "".join(_PARAGRAPH.format(escape(line)) for line in text.split("\n"))
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _RELATIONSHIPS,
        "word/document.xml": _DOCUMENT.format(body),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part.encode(), zipfile.ZIP_DEFLATED)
    return path


def catalogue(path: Path, rows: Iterable[CatalogueRow]) -> Path:
    """An Excel catalogue as a depositor would write it: sheet 目录, headers in row 1."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("目录")
    sheet.append(HEADERS)
    for row in rows:
        sheet.append(astuple(row))
    book.save(path)
    return path


def photo_delivery(delivery: Path, records: int, photos_per_record: int, bytes_per_photo: int = 300_000) -> Path:
    """A delivery of JPEG photos with Exif and GPS, all different, each about as long as asked."""
    width, height = _picture_size(bytes_per_photo)
    bases = [_texture(width + _PLAY, height + _PLAY, seed).copy_memory() for seed in range(_BASES)]
    codes = [f"K021-ZP·2020·D30-{number:03d}" for number in range(1, records + 1)]
    for code in codes:
        (delivery / "files" / code).mkdir(parents=True)

    def write(serial: int) -> None:
        record, photo = divmod(serial, photos_per_record)
        slide, base = divmod(serial, _BASES)
        window = bases[base].crop(slide % _PLAY, slide // _PLAY % _PLAY, width, height)
        target = delivery / "files" / codes[record] / f"{photo + 1:03d}.jpg"
        _with_exif(window, serial).jpegsave(str(target), Q=_QUALITY)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(write, range(records * photos_per_record)))
    catalogue(
        delivery / "catalogue.xlsx",
        (
            CatalogueRow(archival_code=code, title=f"扶贫工作照片组（{code[-3:]}）", pages=photos_per_record)
            for code in codes
        ),
    )
    return delivery


def huge_video_delivery(delivery: Path, size: int = 4 << 30) -> Path:
    """A delivery of one playable video of exactly `size` bytes, every one of them written.

    The stream is followed by one `free` box of pseudo-random data, which players skip.
    """
    code = "K021-LX·2020·Y-001"
    folder = delivery / "files" / code
    folder.mkdir(parents=True)
    video = mp4(folder / "001.mp4", 2.0)
    _pad_with_free_box(video, size)
    row = CatalogueRow(archival_code=code, title="易地扶贫搬迁安置点航拍录像", retention="永久")
    catalogue(delivery / "catalogue.xlsx", [row])
    return delivery


def _texture(width: int, height: int, seed: int) -> pyvips.Image:
    """Coloured noise: as hard to compress as a photograph of gravel."""
    bands = [
        pyvips.Image.gaussnoise(width, height, mean=mean, sigma=40, seed=3 * seed + band)
        for band, mean in enumerate((120, 130, 110))
    ]
    return bands[0].bandjoin(bands[1:]).gaussblur(1.0).cast("uchar").copy(interpretation="srgb")


def _picture_size(bytes_per_photo: int) -> tuple[int, int]:
    """Width and height, four to three, whose JPEG is about that long: the texture costs the same all over."""
    trial = len(_texture(640, 480, 0).jpegsave_buffer(Q=_QUALITY))
    height = max(8, round(480 * math.sqrt(bytes_per_photo / trial)))
    return height * 4 // 3, height


def _with_exif(image: pyvips.Image, serial: int) -> pyvips.Image:
    minutes, seconds = divmod(serial, 60)
    hours, minutes = divmod(minutes, 60)
    taken = f"2020:09:{hours // 24 % 30 + 1:02d} {hours % 24:02d}:{minutes:02d}:{seconds:02d}"
    fields = {
        "exif-ifd0-Make": "Lantai",
        "exif-ifd0-Model": "Test Camera",
        "exif-ifd2-DateTimeOriginal": taken,
        "exif-ifd3-GPSLatitudeRef": "N",
        "exif-ifd3-GPSLatitude": f"30/1 {serial % 60}/1 0/1",
        "exif-ifd3-GPSLongitudeRef": "E",
        "exif-ifd3-GPSLongitude": f"114/1 {serial // 60 % 60}/1 0/1",
    }
    tagged = image.copy()
    for name, value in fields.items():
        tagged.set_type(pyvips.GValue.gstr_type, name, value)
    return tagged


def _pad_with_free_box(video: Path, size: int) -> None:
    header = 16  # a box longer than 4 GiB says so with a 64-bit length after its name
    padding = size - video.stat().st_size - header
    if padding < 0:
        raise ValueError(f"a video of {size} bytes is too short to make: ask for at least a mebibyte")
    block = bytearray(random.Random(1).randbytes(8 * _MEBIBYTE))
    with video.open("ab") as stream:
        stream.write(struct.pack(">I4sQ", 1, b"free", padding + header))
        for serial in itertools.count():
            if padding <= 0:
                break
            for start in range(0, len(block), 4096):
                struct.pack_into(">Q", block, start, serial)  # no two 4 KiB pages of the file are alike
            padding -= stream.write(memoryview(block)[:padding])
