"""A copy of the program that a test may add to, as somebody does who follows a recipe of CONTRIBUTING.md."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.makers.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("pipeline", "profiles", "metadata_schemas")


@dataclass(frozen=True)
class ProgramCopy:
    """The program in a folder of its own."""

    folder: Path

    @classmethod
    def into(cls, folder: Path) -> "ProgramCopy":
        """Copies what the program is made of."""
        for name in PARTS:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        return cls(folder)

    def write(self, path: str, text: str) -> None:
        """A new file."""
        target = self.folder / path
        assert not target.exists(), f"{path} is there already"
        target.write_text(text, "utf-8")

    def add(self, path: str, text: str) -> None:
        """More at the end of a file."""
        target = self.folder / path
        target.write_text(target.read_text("utf-8") + text, "utf-8")

    def put_behind(self, path: str, anchor: str, text: str) -> None:
        """More in a file, behind a piece of text that stands in it once."""
        target = self.folder / path
        whole = target.read_text("utf-8")
        assert whole.count(anchor) == 1, f"{path} holds {anchor!r} {whole.count(anchor)} times"
        target.write_text(whole.replace(anchor, anchor + text), "utf-8")

    def terminal(self, home: Path) -> Terminal:
        """A terminal where this copy is what `lantai` runs."""
        return Terminal(home, environment=(("PYTHONPATH", str(self.folder)),))
