"""A terminal in an empty folder: `lantai` typed as a clerk types it, in a process of its own."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LANTAI = Path(sys.executable).parent / "lantai"


def seen(folder: Path, pattern: str) -> list[Path]:
    """What matches at this moment, while a running program removes folders: `glob` (Python 3.11) fails where one goes
    away between being listed and being entered."""
    while True:
        with suppress(FileNotFoundError):
            return list(folder.glob(pattern))


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Terminal:
    """A terminal with its archive home."""

    home: Path
    environment: tuple[tuple[str, str], ...] = ()

    def env(self) -> dict[str, str]:
        """The environment of the commands: ours without lantai's own variables, with the terminal's."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LANTAI_")}
        return inherited | {"LANTAI_HOME": str(self.home)} | dict(self.environment)

    def type(self, *arguments: str | os.PathLike[str], timeout: float = 240) -> Typed:
        """Runs `lantai ARGUMENTS` to its end."""
        done = subprocess.run([LANTAI, *arguments], env=self.env(), capture_output=True, timeout=timeout, check=False)
        return Typed(
            code=done.returncode,
            out=done.stdout.decode("utf-8", "replace"),
            err=done.stderr.decode("utf-8", "replace"),
        )

    def start(self, *arguments: str | os.PathLike[str]) -> subprocess.Popen[bytes]:
        """Starts `lantai ARGUMENTS` and does not wait."""
        return subprocess.Popen([LANTAI, *arguments], env=self.env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def made(self, *stores: str) -> "Terminal":
        """The same terminal after `lantai init` with these stores (or options)."""
        options = [part for each in stores for part in ((each,) if each.startswith("--") else ("--store", each))]
        done = self.type("init", self.home, "--fonds", "K021", "--name", "某县档案馆", *options)
        assert done.code == 0, done.err
        return self
