"""XML schemas: whether a document is what its XSD says. What is read is read by the rules of `tools.xml`."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.domain.messages import Message, message
from pipeline.errors import HouseError, SourceError
from pipeline.tools.xml import as_source_error, forget, parsed, unread

SMALL = 1 << 20
"""A document up to this many bytes may be in memory whole."""


class _Local(etree.Resolver):
    """Resolves what a schema imports from its own folder or the catalogue, and nothing else."""

    def __init__(self, folder: Path, catalogue: Mapping[str, Path]) -> None:
        super().__init__()
        self._folder, self._catalogue = folder, catalogue

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> Any:
        url = system_url or ""
        path = self._catalogue.get(url, Path(url))
        if url not in self._catalogue and path.resolve().parent != self._folder.resolve():
            raise HouseError(f"a schema asks for {url}, which is neither beside it nor in the catalogue")
        return self.resolve_filename(str(path), context)


_COMPILING = threading.Lock()
"""Held while a schema is compiled: libxml2 (2.14, in lxml 6.1) sets up the built-in types of XSD at the first
compilation of a process, and two at once leave them half made."""


class XmlSchema:
    """A compiled XSD 1.0 schema; imports come from its own folder, or from `catalogue` by their URL, never from a
    network. Raises HouseError where the schema itself is wrong."""

    def __init__(self, path: Path, *, catalogue: Mapping[str, Path] | None = None) -> None:
        parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
        parser.resolvers.add(_Local(path.parent, catalogue or {}))
        try:
            with _COMPILING:
                self._schema = etree.XMLSchema(etree.parse(str(path), parser))
        except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as error:
            raise HouseError(f"the schema {path.name} cannot be used: {error}") from error
        self.name = path.name
        self._validating = threading.Lock()

    def fault(self, document: Path) -> Message | None:
        """The first thing wrong with a document, or None; flat memory. Not well-formed is a fault too.

        A small one is read once, whole. A large one, or one with a fault, is read twice: with a schema, lxml (6.1)
        takes a document that is cut off for a whole one.
        """
        if self._takes_whole(document):
            return None
        try:
            _must_be_well_formed(document)
            for _, element in parsed(document, ("end",), self._schema):
                forget(element)
        except SourceError as error:
            return error.message
        return None

    def _takes_whole(self, document: Path) -> bool:
        """Whether the document is small and valid."""
        try:
            if document.stat().st_size > SMALL:
                return False
            parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)
            tree = etree.fromstring(document.read_bytes(), parser)
        except (OSError, etree.XMLSyntaxError):
            return False
        with self._validating:  # lxml keeps one error log for a schema, whatever thread writes to it
            return not tree.getroottree().docinfo.doctype and bool(self._schema.validate(tree))


class _Nothing:
    """What a parser builds when only its complaints are wanted."""

    def __init__(self, name: str) -> None:
        self._name = name

    def doctype(self, name: str, public_id: str | None, system_url: str | None) -> None:
        raise unread(self._name, message("xml_doctype"))

    def close(self) -> None:
        return None


def _must_be_well_formed(path: Path) -> None:
    nothing: Any = _Nothing(path.name)  # the stubs ask for every method of a target
    parser = etree.XMLParser(target=nothing, load_dtd=False, no_network=True, resolve_entities=False)
    with as_source_error(path), path.open("rb") as source:
        etree.parse(source, parser)
