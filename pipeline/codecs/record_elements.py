"""Technical facts of an original as elements of the DA/T schemes: 数字化属性, 捕获设备, 图像参数, 视频参数, 音频参数.

Only what a tool read out of the file is said; the rest is left out, never guessed. Source: DA/T 46-2009 M52 to M56,
DA/T 63-2017 M17 and M40 to M66, and for photographs the EXIF tags that DA/T 54-2014 is used with. Positions (GPS)
stay in the technical facts. Keys are those of ExifTool (`IFD0:Make`, numbers unconverted) and ffprobe
(`streams.0.codec_name`).
"""

import re
from collections.abc import Iterable, Mapping

from pipeline.domain.formats import AUDIO, IMAGE, VIDEO

Facts = Iterable[tuple[str, str, str]]
"""(tool, key, value)"""

Groups = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""(container, ((element, value), …)), …"""

_THUMBNAIL = "IFD1"
_TAKEN_BY_CAMERA = ("exposuretime", "fnumber", "focallength")

_SENSORS = {
    "1": "Not defined",
    "2": "One-chip color area",
    "3": "Two-chip color area",
    "4": "Three-chip color area",
    "5": "Color sequential area",
    "7": "Trilinear",
    "8": "Color sequential linear",
}
"""Exif 2.3, SensingMethod."""

_COLOUR_SPACES = {"1": "sRGB", "65535": "Uncalibrated"}
"""Exif 2.3, ColorSpace."""

_COMPRESSIONS = {
    "1": "Uncompressed",
    "2": "CCITT RLE",
    "3": "CCITT Group 3",
    "4": "CCITT Group 4",
    "5": "LZW",
    "6": "JPEG (old)",
    "7": "JPEG",
    "8": "Deflate",
    "32773": "PackBits",
    "32946": "Deflate",
}
"""TIFF 6.0, Compression, and Adobe's additions."""

_DOTS_PER_INCH = {
    ("IFD0", "2"): 1.0,
    ("IFD0", "3"): 2.54,
    ("JFIF", "1"): 1.0,
    ("JFIF", "2"): 2.54,
    ("PNG-pHYs", "1"): 0.0254,
}
"""What a resolution is multiplied by, by ExifTool's group and its unit: TIFF and Exif count inch 2, centimetre 3;
JFIF inch 1, centimetre 2; PNG metre 1. Other units are none."""


def groups_of(kind: str, category: str, facts: Facts) -> Groups:
    """The elements that a file's facts give, by what it is and the category (门类) it belongs to."""
    known = {key: value for _, key, value in reversed(tuple(facts)) if value.strip()}
    if kind in {VIDEO, AUDIO}:
        return _recording(known)
    if kind != IMAGE:
        return ()
    tags = _tags(known)
    photographed = category == "ZP" or any(name in tags for name in _TAKEN_BY_CAMERA)
    return _photograph(known, tags) if photographed else _scan(known, tags)


def _tags(known: dict[str, str]) -> dict[str, str]:
    """ExifTool's tags without their group, in lower case; the first counts, thumbnails and copies do not."""
    tags: dict[str, str] = {}
    for key in reversed(known):
        group, *rest = key.split(":")
        if rest and group != _THUMBNAIL and not rest[0].startswith("Copy"):
            tags.setdefault(rest[-1].lower(), known[key])
    return tags


def _scan(known: Mapping[str, str], tags: Mapping[str, str]) -> Groups:
    scan = {
        "扫描分辨率": _dpi(known, "X"),
        "扫描色彩模式": _colour_mode(tags),
        "图像压缩方案": _compression(known, tags),
    }
    return _filled({"数字化属性": scan})


def _compression(known: Mapping[str, str], tags: Mapping[str, str]) -> str:
    """Name of the scheme. PNG counts its own: 0 is the only one (PNG, 11.2.2); JPEG files have no such tag."""
    if known.get("PNG:Compression") == "0":
        return "Deflate"
    if "File:EncodingProcess" in known:
        return "JPEG"
    compression = tags.get("compression", "")
    return _COMPRESSIONS.get(compression, compression)


def _photograph(known: Mapping[str, str], tags: Mapping[str, str]) -> Groups:
    sensor, colours = tags.get("sensingmethod", ""), tags.get("colorspace", "")
    device = {
        "设备制造商": tags.get("make", ""),
        "设备型号": tags.get("model", ""),
        "设备感光器": _SENSORS.get(sensor, sensor),
        "软件信息": tags.get("software", ""),
    }
    image = {
        "水平分辨率": _dpi(known, "X"),
        "垂直分辨率": _dpi(known, "Y"),
        "图像高度": tags.get("imageheight", ""),
        "图像宽度": tags.get("imagewidth", ""),
        "色彩空间": _COLOUR_SPACES.get(colours, colours),
        "每像素样本数": _samples(tags),
        "每样本位数": _bits(tags),
    }
    return _filled({"时间": {"摄影时间": tags.get("datetimeoriginal", "")}, "捕获设备": device, "图像参数": image})


def _recording(known: Mapping[str, str]) -> Groups:
    video, audio = _stream(known, "video"), _stream(known, "audio")
    size = (video.get("width", ""), video.get("height", ""))
    picture = {
        "视频编码标准": video.get("codec_name", ""),
        "色彩空间": video.get("color_space", ""),
        "分辨率": "×".join(size) if all(size) else "",
        "帧率": video.get("r_frame_rate", ""),
        "视频比特率": video.get("bit_rate", ""),
    }
    bits = (audio.get("bits_per_raw_sample", ""), audio.get("bits_per_sample", ""))
    sound = {
        "音频编码标准": audio.get("codec_name", ""),
        "音频比特率": audio.get("bit_rate", ""),
        "音频采样率": audio.get("sample_rate", ""),
        "音频量化位数": next((each for each in bits if each not in {"", "0"}), ""),
        "声道": audio.get("channels", ""),
    }
    length = {"时间长度": _clock(known.get("format.duration", ""))}
    return _filled({"时间": length, "视频参数": picture, "音频参数": sound})


def _stream(known: Mapping[str, str], kind: str) -> dict[str, str]:
    """ffprobe's facts of the first track of a kind that is not a cover picture."""
    tracks: dict[int, dict[str, str]] = {}
    for key, value in known.items():
        if found := re.fullmatch(r"streams\.(\d+)\.(.+)", key):
            tracks.setdefault(int(found[1]), {})[found[2]] = value
    for _, track in sorted(tracks.items()):
        if track.get("codec_type") == kind and track.get("disposition.attached_pic", "0") == "0":
            return track
    return {}


def _clock(seconds: str) -> str:
    """`hh:mm:ss.mmm`; empty where it is no number."""
    if not _is_number(seconds):
        return ""
    whole, thousandths = divmod(round(float(seconds) * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"


def _dpi(known: Mapping[str, str], axis: str) -> str:
    """Dots per inch as `300dpi`; empty where the file does not say it with a unit."""
    for group, tag, unit in (
        ("IFD0", f"{axis}Resolution", "ResolutionUnit"),
        ("JFIF", f"{axis}Resolution", "ResolutionUnit"),
        ("PNG-pHYs", f"PixelsPerUnit{axis}", "PixelUnits"),
    ):
        written = known.get(f"{group}:{tag}", "")
        factor = _DOTS_PER_INCH.get((group, known.get(f"{group}:{unit}", "")))
        if factor and _is_number(written) and float(written) > 0:
            return f"{round(float(written) * factor, 1):g}dpi"
    return ""


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d{1,12}(\.\d{1,12})?", text, re.ASCII) is not None


_PNG_SAMPLES = {"0": "1", "2": "3", "4": "2", "6": "4"}
"""PNG, colour type to samples; a palette (3) has none to count."""


def _samples(tags: Mapping[str, str]) -> str:
    counted = tags.get("samplesperpixel") or tags.get("colorcomponents")
    return counted or _PNG_SAMPLES.get(tags.get("colortype", ""), _tiff_default(tags))


def _bits(tags: Mapping[str, str]) -> str:
    return tags.get("bitspersample") or tags.get("bitdepth", _tiff_default(tags))


def _tiff_default(tags: Mapping[str, str]) -> str:
    """TIFF 6.0: a file that says neither samples nor bits has one of one bit; fax scans leave them out."""
    return "1" if "photometricinterpretation" in tags else ""


def _colour_mode(tags: Mapping[str, str]) -> str:
    """扫描色彩模式 (DA/T 48-2009: 黑白二值, 灰度, 彩色); empty where samples and bits do not decide it, as with a
    palette (TIFF photometric interpretation 3)."""
    samples, bits = _samples(tags), _bits(tags).split(" ", 1)[0]
    if not samples.isdecimal() or not bits.isdecimal() or tags.get("photometricinterpretation") == "3":
        return ""
    if int(samples) >= 3:
        return "彩色"
    return "黑白二值" if int(bits) == 1 else "灰度"


def _filled(groups: Mapping[str, Mapping[str, str]]) -> Groups:
    """The groups with a value in them, without the elements that have none."""
    told = ((name, tuple((k, v) for k, v in values.items() if v)) for name, values in groups.items())
    return tuple((name, values) for name, values in told if values)
