"""The schemas in `metadata_schemas/`, each compiled once per process, and the rule that what we write conforms."""

from functools import cache
from pathlib import Path

from pipeline.errors import HouseError
from pipeline.tools.xml import XmlSchema

SCHEMAS = Path(__file__).resolve().parent.parent / "metadata_schemas"
"""One folder per edition, each with its source."""

RECORD, PREMIS, METS = "record-1.0", "premis-subset-1.0", "mets-subset-1.0"


@cache
def schema(edition: str) -> XmlSchema:
    """The XSD of an edition. Raises HouseError where there is none, or it is wrong."""
    return XmlSchema(SCHEMAS / edition / f"{edition}.xsd")


def must_conform(document: Path, edition: str) -> None:
    """Nothing where a document that we wrote is valid; HouseError with the first fault where it is not."""
    fault = schema(edition).fault(document)
    if fault:
        raise HouseError(f"we wrote a {document.name} that breaks {edition}: {fault}")
