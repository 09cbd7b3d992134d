"""recall: a stored record's description as its package has it, and its originals in page order."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.codecs.record_xml import ElectronicFile, write_record
from pipeline.codecs.record_xml import Record as RecordDocument
from pipeline.domain.packages import PackageIndex
from pipeline.errors import SourceError
from pipeline.stages.recall import recall
from tests.makers.described import ABOUT, described_record
from tests.makers.taken import taker

NAMES = {b"10.tif": b"ten", b"9.tif": b"nine"}


def stored(root: Path, *paths: str) -> tuple[PackageIndex, Path]:
    """A package of two originals, whose record.xml names these files."""
    index = described_record(root / "record", originals=NAMES).package(root / "out").value.index
    (root / "bag/metadata").mkdir(parents=True)
    files = tuple(ElectronicFile(path=path, name=path, size=1, format_name="TIFF") for path in paths)
    with (root / "bag/metadata/record.xml").open("wb") as out:
        write_record(RecordDocument(description=ABOUT, archives="某县档案馆", fonds_name="", files=files), out.write)
    (root / "bag/metadata/premis.xml").write_bytes(b"<premis/>")
    return index, root / "bag"


def test_description_and_page_order_are_those_of_the_package(tmp_path: Path) -> None:
    index, bag = stored(tmp_path, "data/original/9.tif", "data/original/10.tif")
    recalled = recall(index, take=taker(bag), folder=tmp_path).value
    assert recalled.originals == ("data/original/9.tif", "data/original/10.tif")
    about = replace(recalled.description, elements=ABOUT.elements)
    assert about == replace(ABOUT, as_typed_code=ABOUT.archival_code)
    assert set(recalled.description.elements) == set(ABOUT.elements)
    assert (tmp_path / "premis.xml").read_bytes() == b"<premis/>"


@pytest.mark.parametrize("paths", [("data/original/9.tif",), ("data/original/9.tif", "data/original/8.tif")])
def test_a_record_that_speaks_of_other_files_is_refused(tmp_path: Path, paths: tuple[str, ...]) -> None:
    index, bag = stored(tmp_path, *paths)
    with pytest.raises(SourceError, match="record_of_other_files"):
        recall(index, take=taker(bag), folder=tmp_path)
