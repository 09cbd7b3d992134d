"""What a package says of its record (著录), for people: out of the register, or else out of a store."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.cli.console import Console
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import Description
from pipeline.elements import element_rows
from pipeline.line.corrections import stored_description
from pipeline.ports import Register
from pipeline.settings import load_home
from pipeline.stores import open_store

_IN_INDEX = frozenset({"title", "date", "retention"})


def description_of(index: PackageIndex, register: Register, home: Path | None) -> Description | None:
    """What the newest version says; of one of which nobody told the register, what lies in the stores that answer. None
    where none does."""
    newest = max(register.versions(index.package_id), default=index.version)
    told = register.description(index.package_id) if index.version == newest else None
    if told is not None:
        return told
    stores = (open_store(store) for store in load_home(home).settings.stores)
    with tempfile.TemporaryDirectory() as folder:
        return stored_description(index, stores, Path(folder))


def lines_of(description: Description | None, console: Console) -> Iterator[tuple[str, str]]:
    """Name and value of each element that an index does not hold, in the table's order, then of the depositor's other
    columns."""
    if description is None:
        yield (
            " ".join(console.chosen("著录", "description")),
            " ".join(
                console.chosen("登记库中没有，存储中也未能读出", "not in the register, and not to be had from a store")
            ),
        )
        return
    for row in element_rows():
        value = description.value(row.element)
        if value and row.element not in _IN_INDEX:
            yield " ".join(console.chosen(row.name, row.english)), value
    yield from description.extra


def for_machines(description: Description | None) -> dict[str, object] | None:
    """Values by element, and the other columns."""
    if description is None:
        return None
    values = {each.element: each.value for each in description.elements}
    return {"elements": values, "extra": [list(pair) for pair in description.extra]}
