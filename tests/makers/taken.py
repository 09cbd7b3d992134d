"""What `recall` and `fetch` ask for: files of a package out of a folder that holds them by their paths in it."""

import shutil
from collections.abc import Callable
from pathlib import Path


def taker(bag: Path) -> Callable[[str, Path], str]:
    """Brings a file of the unpacked bag; the store is called `copy`."""

    def take(path: str, target: Path) -> str:
        shutil.copyfile(bag / path, target)
        return "copy"

    return take
