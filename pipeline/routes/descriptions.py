"""What packages say of their records, read out of the stores for a register that was not told."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.line.corrections import stored_description
from pipeline.ports import Register, Store


def describe(register: Register, stores: Sequence[Store]) -> int:
    """Gives the register the descriptions it lacks, of newest versions; how many could be had. What no store gives is
    logged, and costs only that it cannot be searched by more than code and title."""
    given = 0
    for row in register.packages():
        index = register.index(row.package_id) if register.description(row.package_id) is None else None
        if index is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            description = stored_description(index, stores, Path(folder))
        if description is not None:
            register.add_version(index, (), (), source_state="", description=description)
            given += 1
    return given
