"""The schemas in `metadata_schemas/`, each compiled once per process, and the rule that what we write conforms."""

from functools import cache
from pathlib import Path

from pipeline.codecs import mets, premis, record_xml
from pipeline.errors import HouseError
from pipeline.shipped import shipped
from pipeline.tools.xml import XmlReader
from pipeline.tools.xml_schema import XmlSchema

SCHEMAS = shipped("metadata_schemas")
"""One folder per edition, each with its source."""

RECORD, PREMIS, METS = "record-1.0", "premis-subset-1.0", "mets-subset-1.0"

_BY_ROOT = {
    f"{{{record_xml.NAMESPACE}}}档案著录": RECORD,
    f"{{{premis.NAMESPACE}}}premis": PREMIS,
    f"{{{mets.NAMESPACE}}}mets": METS,
}
"""The edition that a document names by its root; a later edition has a namespace of its own, or another root."""


def root_of(document: Path) -> str:
    """The root of a document as `{namespace}name`. Raises SourceError where it is hostile or no XML."""
    with XmlReader(document, "") as reader:
        return reader.tag


def edition_of(document: Path) -> str | None:
    """The edition that a document of any age names; None for one that is not known here. Raises as `root_of`."""
    return _BY_ROOT.get(root_of(document))


@cache
def schema(edition: str) -> XmlSchema:
    """The XSD of an edition. Raises HouseError where there is none, or it is wrong."""
    return XmlSchema(SCHEMAS / edition / f"{edition}.xsd")


def must_conform(document: Path, edition: str) -> None:
    """Nothing where a document that we wrote is valid; HouseError with the first fault where it is not."""
    fault = schema(edition).fault(document)
    if fault:
        raise HouseError(f"we wrote a {document.name} that breaks {edition}: {fault}")
