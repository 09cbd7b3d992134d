"""METS 1.12 (`metadata/mets.xml`): what belongs to the package and in which order, written and read.

`metadata_schemas/mets-subset-1.0` says what can occur. Checksums are SHA-256 only: METS 1 has no word for SM3, which
stands in PREMIS and the manifests. Links are relative to the document itself, as URLs are.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote

from pipeline.domain import layout
from pipeline.domain.events import Agent
from pipeline.domain.messages import message, why
from pipeline.errors import SourceError
from pipeline.tools.xml import Node, Write, XmlReader, XmlWriter

NAMESPACE = "http://www.loc.gov/METS/"
_XLINK = "http://www.w3.org/1999/xlink"
_HREF = f"{{{_XLINK}}}href"

"""Where the document lies in the package; links are counted from here."""

_SECTIONS = {"dmdSec": "dmd", "techMD": "tech", "sourceMD": "source", "digiprovMD": "digiprov"}
"""Sections for a metadata file, in the order of the schema, with the beginning of their IDs."""

_ADMINISTRATIVE = ("techMD", "sourceMD", "digiprovMD")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetsFile:
    """A file of the payload. `use` is its role: original, preservation, access, text."""

    path: str
    use: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetsReference:
    """A metadata file. `section` is dmdSec, techMD, sourceMD or digiprovMD; `kind` the METS word for its type, or
    the name of its scheme where METS has none."""

    path: str
    section: str
    kind: str
    media_type: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        if self.section not in _SECTIONS:
            raise ValueError(f"not a METS section for metadata: {self.section!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetsDivision:
    """One page, photograph or recording in its place; `files` are the paths of its files, the original first."""

    label: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mets:
    """All that `mets.xml` says. `kind` is the category code (门类); `whole` are files made of several divisions, such
    as the PDF of all pages. `created` is aware; it is also the time of the references."""

    package_id: str
    title: str
    kind: str
    created: datetime
    software: Agent
    holder: str
    references: tuple[MetsReference, ...]
    files: tuple[MetsFile, ...]
    divisions: tuple[MetsDivision, ...]
    whole: tuple[str, ...] = ()


def href_of(path: str) -> str:
    """The link from `metadata/mets.xml` to a package path: a relative URI reference, everything outside the
    unreserved characters percent-encoded as UTF-8 (RFC 3986, 2.1 and 4.2; RFC 3987, 3.1)."""
    relative = path.removeprefix(layout.METADATA) if path.startswith(layout.METADATA) else f"../{path}"
    return quote(relative, safe="/", encoding="utf-8", errors="strict")


def path_of(href: str) -> str:
    """The package path that `href_of` was given. Raises SourceError where a link leads out of the package."""
    try:
        relative = unquote(href, encoding="utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise SourceError(message("link_unusable", link=href)) from error
    path = relative.removeprefix("../") if relative.startswith("../") else f"{layout.METADATA}{relative}"
    if any(part in {"", ".", ".."} for part in path.split("/")) or href_of(path) != href:
        raise SourceError(message("link_unusable", link=href))
    return path


def write_mets(mets: Mets, write: Write) -> None:
    """Writes the document; the same value gives the same bytes."""
    _Writing(mets, write).document()


class _Writing:
    def __init__(self, mets: Mets, write: Write) -> None:
        self.mets = mets
        self.xml = XmlWriter(write)
        self.created = mets.created.isoformat()
        self.file_ids = {file.path: f"file-{n:05d}" for n, file in enumerate(mets.files, start=1)}

    def document(self) -> None:
        mets = self.mets
        head = {"xmlns": NAMESPACE, "xmlns:xlink": _XLINK}
        head |= {"OBJID": mets.package_id, "LABEL": mets.title, "TYPE": mets.kind}
        with self.xml.element("mets", head):
            self.header()
            self.section("dmdSec")
            with self.xml.element("amdSec", {"ID": "amd"}):
                for section in _ADMINISTRATIVE:
                    self.section(section)
            with self.xml.element("fileSec", {"ID": "files"}):
                for use in dict.fromkeys(file.use for file in mets.files):
                    self.group(use)
            self.structure()

    def header(self) -> None:
        mets = self.mets
        with self.xml.element("metsHdr", {"CREATEDATE": self.created}):
            software = {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"}
            with self.xml.element("agent", software):
                self.xml.leaf("name", mets.software.name)
                self.xml.leaf("note", mets.software.version)
            with self.xml.element("agent", {"ROLE": "CUSTODIAN", "TYPE": "ORGANIZATION"}):
                self.xml.leaf("name", mets.holder)

    def section(self, section: str) -> None:
        references = [each for each in self.mets.references if each.section == section]
        for number, reference in enumerate(references, start=1):
            with self.xml.element(f"{section}", {"ID": f"{_SECTIONS[section]}-{number}"}):
                self.xml.leaf("mdRef", attributes=self.reference(reference))

    def reference(self, reference: MetsReference) -> dict[str, str]:
        kind = (
            {"MDTYPE": "PREMIS"} if reference.kind == "PREMIS" else {"MDTYPE": "OTHER", "OTHERMDTYPE": reference.kind}
        )
        return {
            **kind,
            **_located(reference.path),
            "MIMETYPE": reference.media_type,
            "SIZE": str(reference.size),
            "CREATED": self.created,
            "CHECKSUM": reference.sha256,
            "CHECKSUMTYPE": "SHA-256",
        }

    def group(self, use: str) -> None:
        with self.xml.element("fileGrp", {"ID": f"group-{use}", "USE": use}):
            for file in self.mets.files:
                if file.use == use:
                    self.file(file)

    def file(self, file: MetsFile) -> None:
        about = {
            "ID": self.file_ids[file.path],
            "MIMETYPE": file.media_type,
            "SIZE": str(file.size),
            "CHECKSUM": file.sha256,
            "CHECKSUMTYPE": "SHA-256",
        }
        with self.xml.element("file", about):
            self.xml.leaf("FLocat", attributes=_located(file.path))

    def structure(self) -> None:
        mets = self.mets
        with self.xml.element("structMap", {"ID": "structure", "TYPE": "PHYSICAL"}):
            top = {"ID": "div-0", "TYPE": "record", "LABEL": mets.title, "DMDID": "dmd-1"}
            with self.xml.element("div", top):
                self.pointers(mets.whole)
                for number, division in enumerate(mets.divisions, start=1):
                    about = {
                        "ID": f"div-{number}",
                        "TYPE": "item",
                        "ORDER": str(number),
                        "LABEL": division.label,
                    }
                    with self.xml.element("div", about):
                        self.pointers(division.files)

    def pointers(self, paths: tuple[str, ...]) -> None:
        for path in paths:
            self.xml.leaf("fptr", attributes={"FILEID": self.file_ids[path]})


def _located(path: str) -> dict[str, str]:
    return {"LOCTYPE": "URL", "xlink:type": "simple", "xlink:href": href_of(path)}


def read_mets(path: Path) -> Mets:
    """The value that was written. Raises SourceError, naming the file, where the document is hostile, is broken, or
    says what we never write; `schemas` has the full list of rules and should be asked first."""
    found = _Found()
    try:
        with XmlReader(path, f"{{{NAMESPACE}}}mets") as reader:
            for node in reader:
                found.take(node)
            return found.value(reader.root)
    except (KeyError, ValueError) as error:
        raise SourceError(message("document_not_read", path=path.name, reason=why(error))) from error


@dataclass
class _Found:
    """What has been read so far."""

    created: str = ""
    software: Agent | None = None
    holder: str = ""
    references: list[MetsReference] = field(default_factory=list)
    files: dict[str, MetsFile] = field(default_factory=dict)
    divisions: list[MetsDivision] = field(default_factory=list)
    whole: tuple[str, ...] = ()

    def take(self, node: Node) -> None:
        match node.name:
            case "metsHdr":
                self.created = node.attribute("CREATEDATE")
                software, holder = node.children("agent")
                self.software = Agent(name=software.text_of("name"), version=software.text_of("note"))
                self.holder = holder.text_of("name")
            case "dmdSec":
                self.references.append(_reference(node))
            case "amdSec":
                self.references.extend(_reference(each) for each in node.children())
            case "fileSec":
                for group in node.children("fileGrp"):
                    self.files |= {each.attribute("ID"): _file(each, group) for each in group.children("file")}
            case "structMap":
                top = node.child("div")
                self.whole = self.pointed(top)
                self.divisions.extend(
                    MetsDivision(label=each.attribute("LABEL"), files=self.pointed(each))
                    for each in top.children("div")
                )
            case _:
                raise SourceError(message("element_not_ours", element=node.name))

    def pointed(self, node: Node) -> tuple[str, ...]:
        return tuple(self.files[each.attribute("FILEID")].path for each in node.children("fptr"))

    def value(self, root: Node) -> Mets:
        if self.software is None:
            raise SourceError(message("element_lacks", element="mets", name="metsHdr"))
        return Mets(
            package_id=root.attribute("OBJID"),
            title=root.attribute("LABEL"),
            kind=root.attribute("TYPE"),
            created=datetime.fromisoformat(self.created),
            software=self.software,
            holder=self.holder,
            references=tuple(self.references),
            files=tuple(self.files.values()),
            divisions=tuple(self.divisions),
            whole=self.whole,
        )


def _reference(section: Node) -> MetsReference:
    node = section.child("mdRef")
    return MetsReference(
        path=path_of(node.attribute(_HREF)),
        section=section.name,
        kind=node.attribute("OTHERMDTYPE") or node.attribute("MDTYPE"),
        media_type=node.attribute("MIMETYPE"),
        size=int(node.attribute("SIZE")),
        sha256=node.attribute("CHECKSUM"),
    )


def _file(node: Node, group: Node) -> MetsFile:
    return MetsFile(
        path=path_of(node.child("FLocat").attribute(_HREF)),
        use=group.attribute("USE"),
        media_type=node.attribute("MIMETYPE"),
        size=int(node.attribute("SIZE")),
        sha256=node.attribute("CHECKSUM"),
    )
