"""`lantai` in a mount namespace of its own: a full disk or a broken program for it alone, seen by nobody else."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.makers.terminal import LANTAI, Terminal, Typed

SOFFICE = "/usr/lib/libreoffice/program/soffice"


@cache
def _possible() -> bool:
    if shutil.which("unshare") is None:
        return False
    trial = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


def need_apart() -> None:
    """Skips where the system lets us make no mount namespace."""
    if not _possible():
        pytest.skip("unshare --mount needs root")


def type_apart(terminal: Terminal, setup: str, *arguments: str | Path, timeout: float = 120) -> Typed:
    """Runs the shell's `setup` and then `lantai ARGUMENTS`, apart."""
    need_apart()
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", f'{setup}\nexec "$@"', "sh", LANTAI, *arguments],
        env=terminal.env(),
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    return Typed(
        code=done.returncode,
        out=done.stdout.decode("utf-8", "replace"),
        err=done.stderr.decode("utf-8", "replace"),
    )


def program(path: Path, script: str) -> Path:
    """A program that does what the shell script says."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def instead(path: str, other: Path) -> str:
    """The setup that puts `other` in the place of a program, or of a folder."""
    return f"mount --bind '{other}' '{path}'"


def small_disk(folder: Path, mebibytes: int) -> str:
    """The setup that mounts a disk of that size on a folder."""
    return f"mount -t tmpfs -o size={mebibytes}m tmpfs '{folder}'"
