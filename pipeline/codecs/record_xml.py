"""`metadata/record.xml`: the description (著录) of one record in the words of the DA/T schemes, written and read.

Element names are those of DA/T 46-2009 for text, DA/T 54-2014 for photographs, DA/T 63-2017 for sound and video, and
DA/T 18-2022 for what they share and for other categories. Values stand as the catalogue has them; a date or period in
the form of the standard, with the cell beside it (`原文`).
`metadata_schemas/record-1.0` says what can occur.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.domain.messages import message, why
from pipeline.domain.records import Description, Element
from pipeline.elements import ElementRow, element_rows
from pipeline.errors import SourceError
from pipeline.tools.xml import Node, Write, XmlReader, XmlWriter

NAMESPACE = "urn:lantai:record:1.0"
LEVEL = "文件级"
"""著录层级 of a record (DA/T 18-2022)."""

_SCHEMES = {"WS": "DA/T 46-2009", "ZP": "DA/T 54-2014", "LY": "DA/T 63-2017", "LX": "DA/T 63-2017"}
_GENERAL_SCHEME = "DA/T 18-2022"

_PACKAGE_ID, _FONDS = "电子文件号", "全宗号"
_TYPED, _TAKEN_FROM = "原文", "取自"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectronicFile:
    """One original: 电子属性, and in `groups` what is known of its making: (container, ((element, value), …)), such
    as 数字化属性 with 扫描分辨率 or 捕获设备 with 设备型号. `name` is the depositor's, for display."""

    path: str
    name: str
    size: int
    format_name: str
    format_version: str = ""
    format_note: str = ""
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that `record.xml` says. `archives` is 档案馆名称, `fonds_name` 立档单位名称; files in page order."""

    description: Description
    archives: str
    fonds_name: str
    files: tuple[ElectronicFile, ...]


def scheme_of(category: str) -> str:
    """The standard whose element names a category's description uses."""
    return _SCHEMES.get(category, _GENERAL_SCHEME)


def write_record(record: Record, write: Write) -> None:
    """Writes the document; the same value gives the same bytes."""
    described = record.description
    xml = XmlWriter(write)
    head = {
        "xmlns": NAMESPACE,
        "版本": "1.0",
        "门类": described.category,
        "方案": scheme_of(described.category),
    }
    with xml.element("档案著录", head | ({"目录行": str(described.row)} if described.row else {})):
        xml.leaf("著录层级", LEVEL)
        with xml.element("来源"):
            xml.leaf("档案馆名称", record.archives)
            if record.fonds_name:
                xml.leaf("立档单位名称", record.fonds_name)
        _write_description(described, xml)
        for number, file in enumerate(record.files, start=1):
            with xml.element("电子文件", {"序号": str(number), "路径": file.path}):
                _write_file(file, xml)


def _write_description(described: Description, xml: XmlWriter) -> None:
    differs = described.as_typed_code not in {"", described.archival_code}
    xml.leaf("档号", described.archival_code, {_TYPED: described.as_typed_code} if differs else None)
    xml.leaf(_PACKAGE_ID, described.package_id)
    if described.fonds:
        xml.leaf(_FONDS, described.fonds)
    for known in element_rows():
        if (found := described.found(known.element)) and found.value:
            about = {_TYPED: found.typed, _TAKEN_FROM: found.taken_from}
            xml.leaf(known.name, found.value, {name: text for name, text in about.items() if text})
    if described.extra:
        with xml.element("其他著录项"):
            for column, value in described.extra:
                xml.leaf("著录项", value, {"列名": column})


def _write_file(file: ElectronicFile, xml: XmlWriter) -> None:
    with xml.element("电子属性"):
        with xml.element("格式信息"):
            xml.leaf("格式名称", file.format_name)
            if file.format_version:
                xml.leaf("格式版本", file.format_version)
            if file.format_note:
                xml.leaf("格式描述", file.format_note)
        xml.leaf("计算机文件名", file.name)
        xml.leaf("计算机文件大小", str(file.size))
    for container, values in file.groups:
        with xml.element(container):
            for element, value in values:
                xml.leaf(element, value)


def read_record(path: Path) -> Record:
    """The value that was written; a code typed as it is kept comes back in both places. Raises SourceError, naming
    the file, where the document is hostile, is broken, or says what we never write."""
    found = _Found()
    try:
        with XmlReader(path, f"{{{NAMESPACE}}}档案著录") as reader:
            for node in reader:
                found.take(node)
            return found.value(reader.root)
    except (KeyError, ValueError) as error:
        raise SourceError(message("document_not_read", path=path.name, reason=why(error))) from error


@dataclass
class _Found:
    """What has been read so far."""

    plain: dict[str, str] = field(default_factory=dict)
    about: dict[str, tuple[str, str]] = field(default_factory=dict)
    typed: str = ""
    archives: str = ""
    fonds_name: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    files: list[ElectronicFile] = field(default_factory=list)

    def take(self, node: Node) -> None:
        match node.name:
            case "来源":
                self.archives, self.fonds_name = node.text_of("档案馆名称"), node.text_of("立档单位名称")
            case "其他著录项":
                self.extra = tuple((each.attribute("列名"), each.text) for each in node.children("著录项"))
            case "电子文件":
                self.files.append(_file(node))
            case "档号":
                self.plain["档号"] = node.text
                self.typed = node.attribute(_TYPED, node.text)
            case name:
                self.plain[name] = node.text
                self.about[name] = node.attribute(_TYPED), node.attribute(_TAKEN_FROM)

    def value(self, root: Node) -> Record:
        return Record(
            description=Description(
                archival_code=self.plain["档号"],
                as_typed_code=self.typed,
                category=root.attribute("门类"),
                package_id=self.plain.get(_PACKAGE_ID, ""),
                fonds=self.plain.get(_FONDS, ""),
                row=int(root.attribute("目录行", "0")),
                elements=tuple(self._elements()),
                extra=self.extra,
            ),
            archives=self.archives,
            fonds_name=self.fonds_name,
            files=tuple(self.files),
        )

    def _elements(self) -> Iterator[Element]:
        for known in element_rows():
            if text := self.plain.get(known.name):
                typed, taken_from = self.about[known.name]
                yield Element(element=known.element, value=_value(text, known), typed=typed, taken_from=taken_from)


def _value(text: str, known: ElementRow) -> str:
    """Raises ValueError where a number is none."""
    return str(int(text)) if known.kind == "number" and text else text


def _file(node: Node) -> ElectronicFile:
    about = node.child("电子属性")
    return ElectronicFile(
        path=node.attribute("路径"),
        name=about.text_of("计算机文件名"),
        size=int(about.text_of("计算机文件大小")),
        format_name=about.text_of("格式信息", "格式名称"),
        format_version=about.text_of("格式信息", "格式版本"),
        format_note=about.text_of("格式信息", "格式描述"),
        groups=tuple(
            (group.name, tuple((each.name, each.text) for each in group.children()))
            for group in node.children()
            if group.name != "电子属性"
        ),
    )
