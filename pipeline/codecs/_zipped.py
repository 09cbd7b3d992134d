"""Workbooks that are zips (.xlsx, .ods): refused before anything is unpacked where they would unpack to too much."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import IO

from pipeline.codecs._table import TableRefused
from pipeline.domain.findings import finding
from pipeline.domain.messages import message

_MAX_MEMBERS = 10_000
_MAX_RATIO = 250
"""A sheet of real rows shrinks to a tenth, one of empty formatted cells to a hundredth."""
_SMALL = 32 * 2**20
_MAX_ELEMENTS = 500_000
"""In a part that is held whole. Excel takes 65,490 cell formats."""
_ELEMENT = re.compile(rb"<[A-Za-z]")


class Zipped:
    """The parts of a workbook by name, as far as they are needed. Use in a `with` block."""

    def __init__(self, data: bytes, name: str) -> None:
        self._archive, self.name = zipfile.ZipFile(io.BytesIO(data)), name
        members = self._archive.infolist()
        self._members = {member.filename.replace("\\", "/").lstrip("/").casefold(): member for member in members}

    def __enter__(self) -> "Zipped":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._members

    def open(self, part: str) -> IO[bytes]:
        """Opens a part as a stream. KeyError where there is none."""
        return self._archive.open(self._members[part.casefold()])

    def refuse_hostile(self, ceiling: int, *, streamed: Callable[[str], bool]) -> None:
        """By the declared sizes, which zipfile then enforces, by document types, which no workbook has, and by the
        number of elements in parts that are not `streamed`. TableRefused says why."""
        members = self._archive.infolist()
        total = sum(m.file_size for m in members)
        swollen = any(m.file_size > _SMALL and m.file_size > _MAX_RATIO * max(m.compress_size, 1) for m in members)
        if len(members) > _MAX_MEMBERS or total > ceiling or swollen or len(self._members) < len(members):
            raise TableRefused(finding("catalogue_unreadable", self.name, reason=message("zip_bomb")))
        if any(m.flag_bits & 1 for m in members):
            raise TableRefused(finding("catalogue_unreadable", self.name, reason=message("has_password")))
        for member in members:
            if member.filename.lower().endswith((".xml", ".rels")):
                self._refuse_document_type(member)
                if not streamed(member.filename) and self._elements(member) > _MAX_ELEMENTS:
                    raise TableRefused(finding("catalogue_unreadable", self.name, reason=message("zip_bomb")))

    def _elements(self, member: zipfile.ZipInfo) -> int:
        """Elements in a part, as far as their first characters tell."""
        with self._archive.open(member) as part:
            return sum(block.count(b"<") - block.count(b"</") for block in iter(lambda: part.read(1 << 20), b""))

    def _refuse_document_type(self, member: zipfile.ZipInfo) -> None:
        with self._archive.open(member) as part:
            head = part.read(1 << 16).replace(b"\0", b"")  # without zeros UTF-16 reads as ASCII, too
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head or (head and not _ELEMENT.search(head)):
            raise TableRefused(finding("catalogue_unreadable", self.name, reason=message("document_type_in_xml")))
