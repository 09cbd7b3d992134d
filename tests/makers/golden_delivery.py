"""A delivery of a few hundred kilobytes with a file of every kind that the demonstration has, and more that is odd.

Each record is told apart by what it is for; `STORED`, `HELD` and `WAITING` say how they must end.
"""

import datetime
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pyvips

from tests.makers.catalogues import workbook
from tests.makers.real_files import docx, pdf, wav

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
DEMO = FIXTURES / "deliveries" / "demo" / "files"
BATCH = "石桥镇移交2020"
SUPPLEMENT = "石桥镇补交2021"
PROFILE = "两种摘要.toml"

PNG, TIF, JPG = (f"K021-ZY·FP·2020·Y-{number:03d}" for number in (1, 2, 3))
PHOTOS, HEIC, MOV, WAV = ("K021-ZP·2020·D30-001", "K021-ZP·2020·D30-002", "K021-LX·2020·Y-001", "K021-LY·2020·Y-001")
DOCX, PDF, FLAT = "K021-WS·2020·D10-0001", "K021-WS·2020·Y-0001", "K021-WS·2020·D30-0001"
NAMES, KEPT = "K021-WS·2020·Y-0002", "K021-WS·2020·Y-0003"
GAP, DAMAGED, PERSONAL, UNCLEAR = (f"K021-WS·2020·D30-{number:04d}" for number in (11, 12, 13, 14))
LATER = "K021-WS·2021·Y-0001"

STORED = (PNG, TIF, JPG, PHOTOS, HEIC, MOV, WAV, DOCX, PDF, FLAT, NAMES, KEPT)
HELD = (GAP, DAMAGED, PERSONAL)
WAITING = (UNCLEAR,)

HEADERS = ("档号", "题名", "责任者", "日期", "保管期限", "页数", "密级", "开放标识", "文号", "备注")
_CREATOR = "石桥镇柳树村民委员会"
_OFFICE, _TOWN = "某县扶贫开发办公室", "石桥镇人民政府"
_OPEN, _INNER = ("公开", "开放"), ("内部", "控制")
_ROWS: tuple[tuple[object, ...], ...] = (
    (PNG, "柳树村马春生户扶贫档案", _CREATOR, "20200315", "永久", 2, *_INNER, "", "一户一档，户编号LS-0001"),
    # Full-width digits and hyphen in the code, a full-width page count, 𠮷 (U+20BB7) and 𬎆 (U+2C386) in the title.
    (
        "K０２１－ZY·FP·２０２０·Y－００２", "柳树村陈𠮷顺、𬎆户扶贫档案", _CREATOR, datetime.date(2020, 4, 2),
        "永久", "２", *_INNER, "", "㐱姓",
    ),
    (JPG, "柳树村刘㐱德户扶贫档案", _CREATOR, "20200418", "永久", 2, *_INNER, "", ""),
    (PHOTOS, "安置点建设照片组", _OFFICE, datetime.date(2020, 10, 17), "30年", 2, *_OPEN, "", ""),
    (HEIC, "扶贫车间开工照片", _OFFICE, "20201108", "D30", 1, *_OPEN, "", "手机拍摄"),
    (MOV, "脱贫攻坚推进会议录像", "某县融媒体中心", "20200628", "永久", 1, *_OPEN, "", ""),
    (WAV, "驻村工作队座谈会录音", "柳树村驻村工作队", "20200712", "永久", 1, *_INNER, "", ""),
    (DOCX, "关于报送工作总结的函", _OFFICE, "20200408", "10年", 1, *_OPEN, "石扶〔2020〕3号", "电子文件"),
    (PDF, "关于贫困村退出的批复", "某县人民政府", "20201225", "永久", 2, *_OPEN, "县政函〔2020〕１２号", ""),
    (FLAT, "产业扶贫项目验收情况的报告", _TOWN, "20201129", "30年", 2, *_OPEN, "石政〔2020〕7号", ""),
    (NAMES, "文件名各不相同的一件", _TOWN, "20201130", "永久", "", *_OPEN, "石政〔2020〕8号", "名称原样保存"),
    (KEPT, "版式文件和附件", _TOWN, "20201201", "永久", "", *_OPEN, "石政〔2020〕9号", ""),
    (GAP, "缺一页的一件", _TOWN, "20201202", "30年", 3, *_OPEN, "", ""),
    (DAMAGED, "图像损坏的一件", _TOWN, "20201203", "30年", 1, *_OPEN, "", ""),
    (PERSONAL, "户主 340000190001010023 的申请", _TOWN, "20201204", "30年", 1, *_INNER, "", ""),
    (UNCLEAR, "保管期限未定的一件", _TOWN, "20201205", "永久或30年", 1, *_OPEN, "", ""),
)  # fmt: skip

_COPIED = {
    f"{TIF}/001.tif": "deliveries/demo/files/K021-ZY·FP·2019·Y-002/005.tif",
    f"{TIF}/002.tif": "deliveries/demo/files/K021-ZY·FP·2019·Y-002/006.tif",
    f"{PHOTOS}/001.jpg": "deliveries/demo/files/K021-ZP·2019·D30-025/006.jpg",
    f"{HEIC}-001.heic": "files/small.heic",
    f"{KEPT}/正文.ofd": "files/hello.ofd",
    f"{KEPT}/附图.jp2": "files/sound.jp2",
    f"{DAMAGED}/001.jpg": "files/truncated.jpg",
}
_REDUCED = {
    f"{PNG}/001.png": "K021-ZY·FP·2019·Y-001/001.png",
    f"{PNG}/002.png": "K021-ZY·FP·2019·Y-001/002.png",
    f"{JPG}/001.jpg": "K021-ZY·FP·2019·Y-003/001.jpg",
    f"{JPG}/002.jpg": "K021-ZY·FP·2019·Y-003/002.jpg",
    f"{PHOTOS}/002.jpg": "K021-ZP·2019·D30-025/005.jpg",
    f"{FLAT}-001.jpg": "K021-WS·2019·D30-0015-001.jpg",
    f"{FLAT}-002.jpg": "K021-WS·2019·D30-0015-002.jpg",
}
"""Pictures of the demonstration, 140 pixels wide."""

_TEXTS = {
    f"{NAMES}/{name}".encode(): f"{name}\n".encode()
    for name in (
        "一、请示：第1稿?.txt",
        "e\u0301 NFD.txt",
        "\u00e9 NFC.txt",
        "𠮷家.txt",
        "con.txt",
        " 空格 .txt",
        "附件/表.csv",
    )
} | {f"{NAMES}/".encode() + "附图.txt".encode("gbk"): "名称是 GBK 字节\n".encode()}
_MADE_OF_TEXT = {
    f"{KEPT}/附件.txt": "附件一\n",
    f"{GAP}/001.txt": "第一页\n",
    f"{GAP}/003.txt": "第三页\n",
    f"{PERSONAL}/001.txt": "申请\n",
    f"{UNCLEAR}/001.txt": "未定\n",
}


def golden_delivery(folder: Path) -> Path:
    """Writes the delivery `BATCH` below `folder`, with the depositor's list of checksums."""
    delivery = folder / BATCH
    files = delivery / "files"
    for code in (*STORED, *HELD, *WAITING):
        if code not in {HEIC, FLAT}:
            (files / code).mkdir(parents=True)
    for name, fixture in _COPIED.items():
        shutil.copyfile(FIXTURES / fixture, files / name)
    for name, picture in _REDUCED.items():
        _reduce(DEMO / picture, files / name)
    for name, text in _MADE_OF_TEXT.items():
        (files / name).write_text(text, "utf-8")
    prores(files / MOV / "001.mov")
    wav(files / WAV / "001.wav", 0.25)
    docx(files / DOCX / "001.docx", "关于报送工作总结的函\n某县扶贫开发办公室")
    pdf(files / PDF / "001.pdf", pages=2)
    _list_checksums(delivery)
    for raw, content in _TEXTS.items():
        path = files / os.fsdecode(raw)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    workbook(delivery / "catalogue.xlsx", (HEADERS, *_ROWS))
    return delivery


def golden_supplement(folder: Path, *, title: str) -> Path:
    """Writes the delivery `SUPPLEMENT` below `folder`: one record, a CSV catalogue in GB18030, a profile of its own."""
    delivery = folder / SUPPLEMENT
    (delivery / "files" / LATER).mkdir(parents=True)
    (delivery / "files" / LATER / "001.txt").write_text("补交\n", "utf-8")
    rows = (HEADERS, (LATER, title, _CREATOR, "20210104", "永久", "", *_OPEN, "石政〔2021〕1号", "补"))
    text = "".join(",".join(str(cell) for cell in row) + "\r\n" for row in rows)
    (delivery / "catalogue.csv").write_bytes(text.encode("gb18030"))
    (folder / PROFILE).write_text(
        'extends = "county"\nname = "two-digests"\ntitle_zh = "两种摘要，不转换格式"\n'
        'title_en = "Two digests, nothing normalised"\nnormalise = false\ndigests = ["sha256", "sm3"]\n',
        "utf-8",
    )
    return delivery


def prores(path: Path) -> Path:
    """Four pictures of a test card in ProRes, which browsers do not play, and a tone."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=duration=0.16:size=64x48:rate=25"]
    command += ["-f", "lavfi", "-i", "sine=frequency=440:duration=0.16", "-c:v", "prores_ks", "-profile:v", "proxy"]
    command += ["-c:a", "pcm_s16le", "-ar", "8000", "-fflags", "+bitexact", "-flags", "+bitexact", os.fspath(path)]
    subprocess.run(command, check=True, timeout=120, stdin=subprocess.DEVNULL)
    return path


def _reduce(source: Path, target: Path) -> None:
    picture = pyvips.Image.new_from_file(os.fspath(source))
    picture.resize(140 / picture.width).write_to_file(os.fspath(target))


def _list_checksums(delivery: Path) -> None:
    listed = sorted(path for path in delivery.rglob("*") if path.is_file())
    lines = (f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(delivery).as_posix()}\n" for p in listed)
    (delivery / "manifest-sha256.txt").write_text("".join(lines), "utf-8")
