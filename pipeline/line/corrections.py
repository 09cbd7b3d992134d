"""What a record that is stored says otherwise when it is delivered again (更正): values of its description, and files
by name."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.codecs.record_xml import read_record
from pipeline.domain import layout
from pipeline.domain.messages import Message, message, word
from pipeline.domain.names import OriginalName
from pipeline.domain.packages import PackageIndex
from pipeline.domain.personal import mask
from pipeline.domain.records import Description, PlannedRecord, Received
from pipeline.elements import element_rows
from pipeline.errors import PipelineError
from pipeline.ports import Store
from pipeline.stages.retrieve import retrieve_from_any

LOG = logging.getLogger(__name__)

_IN_INDEX = ("title", "date", "retention", "fonds", "category")
"""What an index says of a record and the catalogue too, by our names."""

_SHOWN = 5


def stored_description(index: PackageIndex, stores: Iterable[Store], folder: Path) -> Description | None:
    """The description in the stored package, out of the first store that gives it whole; None where none does. `folder`
    is there and empty."""
    target = folder / "record.xml"
    try:
        retrieve_from_any(index, layout.RECORD, stores=stores, target=target)
        return read_record(target).description
    except PipelineError as error:
        LOG.warning("what is stored of %s could not be compared: %s", index.package_id, error)
        return None


def description_differences(index: PackageIndex, now: Description, stored: Description | None) -> tuple[Message, ...]:
    """Value by value; without the stored description as far as the index keeps them."""
    told = tuple(_values(index, now, stored))
    if told:
        return told
    return (message("columns_not_in_index") if stored is None else message("only_form_differs"),)


def _values(index: PackageIndex, now: Description, stored: Description | None) -> Iterator[Message]:
    for name in _IN_INDEX:
        yield from _differs(word("field", name), str(getattr(index, name)), str(getattr(now, name)))
    if stored is None:
        return
    others = [row.element for row in element_rows() if row.element not in _IN_INDEX]
    was, are = dict(stored.extra), dict(now.extra)
    for element in others:
        before, after = stored.value(element), now.value(element)
        if before or not _among(after, now, element, was.values()):
            yield from _differs(word("field", element), before, after)
    known = {each.typed or each.value for each in now.elements}
    for header in dict.fromkeys((*was, *are)):
        if header in are or was[header] not in known:  # a column that has become an element since is told as that
            yield from _differs(header, was.get(header, ""), are.get(header, ""))


def _among(value: str, now: Description, element: str, cells: Iterable[str]) -> bool:
    typed = next((each.typed for each in now.elements if each.element == element), "")
    return bool(value) and not {value, typed}.isdisjoint(cells)


def _differs(field: Message | str, before: str, after: str) -> Iterator[Message]:
    if before != after:
        yield message("column_differs", field=field, stored=mask(before), now=mask(after))


def file_differences(index: PackageIndex, planned: PlannedRecord, received: Received) -> tuple[Message, ...]:
    """Files that are new, gone, changed, or the same under another name."""
    was = {member.original_name_hex: member.sha256 for member in index.members if member.original_name_hex}
    are = {file.original.raw_hex: file.sha256 for file in received.files}
    there = {file.original.raw_hex for file in planned.files}
    added = [name for name in are if name not in was]
    removed = [name for name in was if name not in there]
    renamed = {old: new for old in removed for new in added if was[old] == are[new]}
    told = (
        ("files_changed", [name for name in are if name in was and was[name] != are[name]]),
        ("files_added", [name for name in added if name not in renamed.values()]),
        ("files_removed", [name for name in removed if name not in renamed]),
    )
    messages = [message(code, names=_names(names), count=len(names)) for code, names in told if names]
    if renamed:
        pairs = [f"{_shown(old)} → {_shown(new)}" for old, new in renamed.items()]
        messages.append(message("files_renamed", names=_listed(pairs), count=len(pairs)))
    return tuple(messages)


def _names(names: list[str]) -> str:
    return _listed([_shown(name) for name in names])


def _listed(names: list[str]) -> str:
    return "、".join(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")


def _shown(raw_hex: str) -> str:
    return mask(OriginalName(raw_hex=raw_hex).display)
