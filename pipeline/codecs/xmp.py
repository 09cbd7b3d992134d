"""The record's description as an XMP packet (ISO 16684-1) with Dublin Core, for pictures."""

from collections.abc import Callable, Mapping
from io import BytesIO

from pipeline.tools.xml import XmlWriter

_SPACES = {
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns:xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
_BEGIN = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = b'<?xpacket end="r"?>'
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def packet(values: Mapping[str, str]) -> bytes:
    """The packet of these properties: `dc:title` (also as Chinese), `dc:creator`, `dc:identifier`, `dc:source`,
    `dc:date`, `dc:rights`, `xmpRights:UsageTerms`; empty ones are left out."""
    out = BytesIO()
    xml = XmlWriter(out.write)
    with (
        xml.element("x:xmpmeta", {"xmlns:x": "adobe:ns:meta/"}),
        xml.element("rdf:RDF", _SPACES),
        xml.element("rdf:Description", {"rdf:about": ""}),
    ):
        for name, value in values.items():
            if value:
                _FORMS.get(name, _plain)(xml, name, value)
    return _BEGIN + out.getvalue().removeprefix(_DECLARATION) + _END


def _plain(xml: XmlWriter, name: str, value: str) -> None:
    xml.leaf(name, value)


def _in_order(xml: XmlWriter, name: str, value: str) -> None:
    with xml.element(name), xml.element("rdf:Seq"):
        xml.leaf("rdf:li", value)


def _in_languages(xml: XmlWriter, name: str, value: str) -> None:
    with xml.element(name), xml.element("rdf:Alt"):
        for language in ("x-default", "zh"):
            xml.leaf("rdf:li", value, {"xml:lang": language})


def _by_default(xml: XmlWriter, name: str, value: str) -> None:
    with xml.element(name), xml.element("rdf:Alt"):
        xml.leaf("rdf:li", value, {"xml:lang": "x-default"})


_FORMS: dict[str, Callable[[XmlWriter, str, str], None]] = {
    "dc:title": _in_languages,
    "dc:creator": _in_order,
    "dc:date": _in_order,
    "dc:rights": _by_default,
    "xmpRights:UsageTerms": _by_default,
}
