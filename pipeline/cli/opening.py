"""The register alone, for commands that need neither stores nor workers and should answer at once."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.register.reading import open_for_reading
from pipeline.register.sqlite import SqliteRegister
from pipeline.settings import load_home
from pipeline.stores import open_store
from pipeline.stores.right_store import refuse_lost


@contextmanager
def open_listing(chosen: Path | None) -> Iterator[SqliteRegister]:
    """The register of the home asked for. RegisterError where it is empty and the stores are not."""
    home = load_home(chosen)
    with contextlib.closing(open_for_reading(home.register)) as register:
        refuse_lost(register, register, (open_store(store) for store in home.settings.stores))
        yield register
