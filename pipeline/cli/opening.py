"""The register alone, for commands that need neither stores nor workers and should answer at once."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.register.sqlite import SqliteRegister, open_register
from pipeline.settings import load_home


@contextmanager
def open_listing(chosen: Path | None) -> Iterator[SqliteRegister]:
    """The register of the home asked for."""
    with contextlib.closing(open_register(load_home(chosen).register)) as register:
        yield register
