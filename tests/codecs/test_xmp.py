"""The packet is what ExifTool, an independent reader, reads out of it."""

from pathlib import Path

from pipeline.codecs import xmp
from pipeline.tools import jpeg
from pipeline.tools.exiftool import ExifTool
from tests.makers import jpegs

VALUES = {
    "dc:title": "𠮷林乡 <b> & “题名”",
    "dc:creator": "某县扶贫办",
    "dc:identifier": "K021-WS·2019·Y-0012",
    "dc:source": "K021",
    "dc:date": "2019-04-12",
    "dc:rights": "开放；内部",
    "xmpRights:UsageTerms": "开放；内部",
}


def test_every_property_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg.with_metadata(jpegs.photo(), xmp=xmp.packet(VALUES)))
    tool = ExifTool(tmp_path)
    try:
        facts = dict(tool.read([path], seconds=60)[path])
    finally:
        tool.close()
    assert facts["XMP-dc:Title"] == facts["XMP-dc:Title-zh"] == VALUES["dc:title"]
    assert facts["XMP-dc:Creator"] == '["某县扶贫办"]' and facts["XMP-dc:Date"] == '["2019:04:12"]'
    assert facts["XMP-dc:Identifier"] == VALUES["dc:identifier"] and facts["XMP-dc:Source"] == "K021"
    assert facts["XMP-dc:Rights"] == facts["XMP-xmpRights:UsageTerms"] == "开放；内部"
    assert not any("Warning" in key for key in facts)


def test_what_is_empty_is_left_out() -> None:
    packet = xmp.packet({"dc:title": "", "dc:source": "K021"})
    assert b"dc:title" not in packet and b"<dc:source>K021</dc:source>" in packet
    assert packet.startswith(b"<?xpacket begin=") and packet.endswith(b'<?xpacket end="r"?>')
