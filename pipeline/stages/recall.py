"""Recall (调出) a stored record: its description and its events, out of the newest version of its package.

The first stage for what is stored already; the originals are for `fetch` to bring.
"""

from collections.abc import Callable
from pathlib import Path

from pipeline.codecs.record_xml import read_record
from pipeline.domain import layout
from pipeline.domain.messages import message
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import Recalled, Step
from pipeline.errors import SourceError

RECORD, PREMIS = "record.xml", "premis.xml"
"""Names of what the stage leaves in its folder."""


def recall(index: PackageIndex, *, take: Callable[[str, Path], str], folder: Path) -> Step[Recalled]:
    """Brings record.xml and premis.xml into `folder`, which is empty.

    `take` brings a file of the package to a place, verified, and returns the name of the store it came from; it raises
    StorageError. SourceError where record.xml cannot be read or speaks of other originals than the index.
    """
    take(layout.RECORD, folder / RECORD)
    take(layout.PREMIS, folder / PREMIS)
    said = read_record(folder / RECORD)
    originals = tuple(file.path for file in said.files)
    held = sorted(member.path for member in index.members if member.original_name_hex)
    if sorted(originals) != held or said.description.package_id != index.package_id:
        raise SourceError(message("record_of_other_files", bag=index.bag_name))
    return Step(value=Recalled(description=said.description, originals=originals))
