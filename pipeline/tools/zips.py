"""Containers of the ZIP family: of what kind, and whether every member reads to its end. The owner of `zipfile`."""

import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from pipeline.domain.messages import Message, message, told_by_program, word

_MAX_MEMBERS = 100_000
_MAX_RATIO = 1000
"""Members that unfold beyond this, and beyond a mebibyte, are bombs; ordinary XML reaches about 50."""
_SMALL = 2**20
_CHUNK = 2**20
_ENCRYPTED = 0x1
_MIMETYPE_BYTES = 200
_MAC_SHADOWS = "__MACOSX/"
_UNFOLDED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_METHODS = {1: "Shrink", 6: "Implode", 9: "Deflate64", 93: "Zstandard", 95: "XZ", 97: "WavPack", 98: "PPMd", 99: "AES"}
"""Ways of packing (APPNOTE 6.3.10, 4.4.5); Windows takes Deflate64 for files of 2 GiB and more."""


class ZipUnreadable(ValueError):
    """A container or one of its members cannot be read."""


class _EntityDeclared(Exception):
    """XML in a document declares an entity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipReading:
    """How reading went: `fault` is damage, `too_large` a reason not to unfold it, `encrypted` needs a password,
    `packed` is the way in which members are packed that nothing here unfolds; the others were read."""

    members: int = 0
    fault: Message | None = None
    too_large: Message | None = None
    encrypted: bool = False
    packed: str = ""


def inner_type(path: Path) -> str:
    """The media type a container declares itself: OpenDocument and EPUB in `mimetype`, OFD by its OFD.xml
    (GB/T 33190-2016, 5); an empty string where it declares none or cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "OFD.xml" in names:
                return "application/ofd"
            if "mimetype" not in names or archive.getinfo("mimetype").file_size > _MIMETYPE_BYTES:
                return ""
            return archive.read("mimetype").decode("ascii").strip()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error, EOFError):
        return ""


def has_directory(path: Path) -> bool:
    """Whether its list of members stands at its end, so that it can be read at all; nothing is unfolded."""
    return zipfile.is_zipfile(path)


def is_locked(path: Path) -> bool:
    """Whether members need a password; False where the container cannot be read at all."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(info.flag_bits & _ENCRYPTED for info in archive.infolist()) or _odf_encrypted(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, zlib.error, EOFError):
        return False


def read_through(path: Path, *, max_bytes: int, documents: bool = False) -> ZipReading:
    """Unfolds every member once, in chunks, and compares its CRC; nothing is written.

    With `documents`, XML members must be well formed: LibreOffice makes empty pages of those that are not.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            too_large = _too_large(members, max_bytes)
            if too_large:
                return ZipReading(members=len(members), too_large=too_large)
            if any(info.flag_bits & _ENCRYPTED for info in members) or _odf_encrypted(archive):
                return ZipReading(members=len(members), encrypted=True)
            foreign = [info.compress_type for info in members if info.compress_type not in _UNFOLDED]
            for info in members:
                if info.compress_type not in _UNFOLDED:
                    continue
                fault = _read_member(archive, info, documents and info.filename.endswith((".xml", ".rels")))
                if fault:
                    return ZipReading(
                        members=len(members), fault=message("in_member", member=info.filename, reason=fault)
                    )
            packed = _METHODS.get(foreign[0], f"#{foreign[0]}") if foreign else ""
            return ZipReading(members=len(members), packed=packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        said = str(error).replace(str(path), path.name) or type(error).__name__
        return ZipReading(fault=word("zip", said, shown=said))


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, is_xml: bool) -> Message | None:
    """Why the member is not well-formed XML; BadZipFile where its bytes are damaged."""
    parser = _parser() if is_xml and info.file_size and not info.filename.startswith(_MAC_SHADOWS) else None
    with archive.open(info) as member:
        chunk = b"?"
        while chunk:
            chunk = member.read(_CHUNK)
            try:
                if parser is not None:
                    parser.Parse(chunk, not chunk)
            except (expat.ExpatError, _EntityDeclared) as error:
                return told_by_program(error)
            except (ValueError, LookupError):  # an encoding that expat does not know, such as GB18030
                parser = None
    return None


def _parser() -> expat.XMLParserType:
    """Entities are not allowed at all: documents need none, and they can be bombs."""
    parser = expat.ParserCreate()

    def refuse(name: str, *_: object) -> None:
        raise _EntityDeclared(f"it declares the entity {name}")

    parser.EntityDeclHandler = refuse
    return parser


def _too_large(members: list[zipfile.ZipInfo], max_bytes: int) -> Message | None:
    total = sum(info.file_size for info in members)
    if len(members) > _MAX_MEMBERS:
        return message("members_over", members=len(members), most=_MAX_MEMBERS)
    if total > max_bytes:
        return message("unfolds_to", size=total, most=max_bytes)
    steep = [i for i in members if i.file_size > _SMALL and i.file_size > _MAX_RATIO * max(i.compress_size, 1)]
    return message("member_unfolds", size=steep[0].file_size, packed=steep[0].compress_size) if steep else None


def _odf_encrypted(archive: zipfile.ZipFile) -> bool:
    """OpenDocument 1.3, part 2, 4.8: an encrypted entry is named so in the manifest."""
    try:
        manifest = archive.getinfo("META-INF/manifest.xml")
    except KeyError:
        return False
    return manifest.file_size < _SMALL * 16 and b"encryption-data" in archive.read(manifest)


Edit = Callable[[str, bytes], bytes]
"""The name of a member and its bytes; its new bytes, the same where nothing changes."""


def read_member(path: Path, name: str, *, max_bytes: int) -> bytes:
    """One member, nothing where there is none. Raises ZipUnreadable, also where it is larger than `max_bytes`."""
    with _as_unreadable(), zipfile.ZipFile(path) as archive:
        try:
            info = archive.getinfo(name)
        except KeyError:
            return b""
        if info.file_size > max_bytes:
            raise ZipUnreadable(f"{name}: {info.file_size} bytes")
        return archive.read(info)


def names(path: Path) -> tuple[str, ...]:
    """All members but folders, each once. Raises ZipUnreadable."""
    with _as_unreadable(), zipfile.ZipFile(path) as archive:
        return tuple(dict.fromkeys(info.filename for info in archive.infolist() if not info.is_dir()))


def unfolded_bytes(path: Path, *, ending: str) -> int:
    """What all members whose names end so take when unfolded, as the container says. Raises ZipUnreadable."""
    with _as_unreadable(), zipfile.ZipFile(path) as archive:
        return sum(info.file_size for info in archive.infolist() if info.filename.lower().endswith(ending))


def rewrite(source: Path, target: Path, edit: Edit, *, endings: tuple[str, ...]) -> bool:
    """Writes `target`: the members of `source` in their order, unpacked, those whose names end with one of `endings`
    as `edit` gives them; whether any has changed. Nothing is limited: ask `read_through` before. Raises ZipUnreadable,
    and what `edit` raises."""
    changed = False
    with _as_unreadable(), zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in dict.fromkeys(info.filename for info in old.infolist() if not info.is_dir()):
            info = zipfile.ZipInfo(name)
            if name.lower().endswith(endings):
                data = old.read(name)
                edited = edit(name, data)
                changed = changed or edited != data
                new.writestr(info, edited)
            else:
                with old.open(name) as reading, new.open(info, "w", force_zip64=True) as writing:
                    shutil.copyfileobj(reading, writing, _CHUNK)
    return changed


@contextmanager
def _as_unreadable() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ZipUnreadable(str(error)) from error
