"""Facts become elements of the DA/T schemes only where the file says so."""

from pathlib import Path

import pytest

from pipeline.codecs.record_elements import groups_of
from pipeline.domain.formats import AUDIO, IMAGE, PDF, VIDEO
from pipeline.tools.exiftool import ExifTool
from tests.makers.values import CAMERA_FACTS, SCAN_FACTS, VIDEO_FACTS

FILES = Path(__file__).resolve().parent.parent / "fixtures" / "files"


def elements(kind: str, category: str, facts: object) -> dict[str, dict[str, str]]:
    return {name: dict(values) for name, values in groups_of(kind, category, facts)}  # type: ignore[arg-type]


def exif(**tags: str) -> list[tuple[str, str, str]]:
    return [("exiftool", key.replace("__", ":"), value) for key, value in tags.items()]


def test_a_scan() -> None:
    assert elements(IMAGE, "WS", SCAN_FACTS) == {
        "数字化属性": {"扫描分辨率": "300dpi", "扫描色彩模式": "彩色", "图像压缩方案": "LZW"}
    }


def test_a_photograph_without_its_position() -> None:
    found = elements(IMAGE, "ZP", CAMERA_FACTS)
    assert found["捕获设备"] == {
        "设备制造商": "NIKON CORPORATION",
        "设备型号": "NIKON D90",
        "设备感光器": "One-chip color area",
        "软件信息": "Ver.1.00 ",
    }
    assert found["时间"] == {"摄影时间": "2016:05:18 09:13:02"}
    assert found["图像参数"]["水平分辨率"] == "300dpi"
    assert found["图像参数"]["色彩空间"] == "sRGB"
    assert "26.65" not in str(found)


def test_a_document_taken_with_a_camera_is_no_scan() -> None:
    assert "捕获设备" in elements(IMAGE, "WS", CAMERA_FACTS)


def test_a_recording_without_its_cover_picture() -> None:
    assert elements(VIDEO, "LX", VIDEO_FACTS) == {
        "时间": {"时间长度": "01:02:03.600"},
        "视频参数": {
            "视频编码标准": "h264",
            "分辨率": "1920×1080",
            "帧率": "25/1",
            "视频比特率": "8000000",
        },
        "音频参数": {"音频编码标准": "aac", "音频采样率": "48000", "声道": "2"},
    }


@pytest.mark.parametrize(
    ("facts", "mode"),
    [
        (exif(IFD0__PhotometricInterpretation="0", IFD0__Compression="4"), "黑白二值"),
        (exif(IFD0__SamplesPerPixel="1", IFD0__BitsPerSample="8"), "灰度"),
        (exif(IFD0__SamplesPerPixel="4", IFD0__BitsPerSample="8 8 8 8"), "彩色"),
        (exif(IFD0__SamplesPerPixel="1", IFD0__BitsPerSample="8", IFD0__PhotometricInterpretation="3"), None),
        (exif(File__ColorComponents="3", File__BitsPerSample="8"), "彩色"),
        (exif(PNG__ColorType="0", PNG__BitDepth="1"), "黑白二值"),
        (exif(PNG__ColorType="2", PNG__BitDepth="8"), "彩色"),
        (exif(PNG__ColorType="3", PNG__BitDepth="8"), None),
        (exif(IFD0__SamplesPerPixel="many", IFD0__BitsPerSample="8"), None),
        (exif(File__FileType="TIFF"), None),
    ],
)
def test_colour_modes(facts: list[tuple[str, str, str]], mode: str | None) -> None:
    assert elements(IMAGE, "WS", facts).get("数字化属性", {}).get("扫描色彩模式") == mode


@pytest.mark.parametrize(
    ("facts", "dpi"),
    [
        (exif(IFD0__XResolution="300", IFD0__ResolutionUnit="2"), "300dpi"),
        (exif(IFD0__XResolution="118.11", IFD0__ResolutionUnit="3"), "300dpi"),
        (exif(IFD0__XResolution="300", IFD0__ResolutionUnit="1"), None),
        (exif(IFD0__XResolution="300"), None),
        (exif(JFIF__XResolution="200", JFIF__ResolutionUnit="1"), "200dpi"),
        (exif(JFIF__XResolution="1", JFIF__ResolutionUnit="0"), None),
        ({"PNG-pHYs:PixelsPerUnitX": "11811", "PNG-pHYs:PixelUnits": "1"}, "300dpi"),
        (exif(IFD1__XResolution="72", IFD1__ResolutionUnit="2"), None),
        (exif(IFD0__XResolution="0", IFD0__ResolutionUnit="2"), None),
        (exif(IFD0__XResolution="inf", IFD0__ResolutionUnit="2"), None),
        (exif(IFD0__XResolution="٣", IFD0__ResolutionUnit="2"), None),
    ],
)
def test_resolutions_need_their_unit(facts: object, dpi: str | None) -> None:
    rows = [("exiftool", k, v) for k, v in facts.items()] if isinstance(facts, dict) else facts
    assert elements(IMAGE, "WS", rows).get("数字化属性", {}).get("扫描分辨率") == dpi


def test_nothing_known_nothing_said() -> None:
    assert groups_of(IMAGE, "ZP", ()) == ()
    assert groups_of(IMAGE, "WS", exif(File__Comment=" ")) == ()
    assert groups_of(PDF, "WS", SCAN_FACTS) == ()
    assert groups_of(AUDIO, "LY", [("ffprobe", "format.duration", "N/A"), ("x", "no-group", "1")]) == ()


def read(tmp_path: Path, name: str) -> list[tuple[str, str, str]]:
    tool = ExifTool(tmp_path)
    try:
        return [("exiftool", key, value) for key, value in tool.read([FILES / name], seconds=60)[FILES / name]]
    finally:
        tool.close()


@pytest.mark.parametrize(
    ("name", "scheme"), [("sound.png", "Deflate"), ("sound.jpg", "JPEG"), ("multipage.tif", "CCITT Group 4")]
)
def test_compression_by_name(tmp_path: Path, name: str, scheme: str) -> None:
    facts = [fact for fact in read(tmp_path, name) if not fact[1].startswith(("IFD0:Make", "IFD0:Model", "ExifIFD"))]
    assert elements(IMAGE, "WS", facts)["数字化属性"]["图像压缩方案"] == scheme


def test_a_real_photograph(tmp_path: Path) -> None:
    found = elements(IMAGE, "ZP", read(tmp_path, "sound.jpg"))
    assert found["捕获设备"]["设备型号"] == "NIKON D300"
    assert (found["图像参数"]["图像宽度"], found["图像参数"]["图像高度"]) == ("200", "133")
    assert found["图像参数"]["水平分辨率"] == "72dpi"
