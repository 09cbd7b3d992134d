"""A golden home unpacked, to be worked at with today's program, and what its own program told of it."""

import json
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.makers.golden import S3_URL, unpack
from tests.makers.golden_delivery import BATCH, DAMAGED, FLAT, HEIC, HELD, LATER, STORED, SUPPLEMENT, WAITING
from tests.makers.terminal import Terminal
from tests.services.ceph import S3Service

CODES = (*STORED, LATER)
"""The archival codes, and package identifiers, of all packages of `home`; `home-s3` has no LATER."""

FACTS = (
    "package_id", "version", "fonds", "category", "archival_code", "title", "retention", "date", "batch",
    "payload_files", "payload_bytes", "packaged_at", "copies",
)  # fmt: skip
AUDITED = (*FACTS, "last_audit", "last_result")
"""What `list` tells of a package; AUDITED with its last audit, which stores alone cannot tell."""


@dataclass(frozen=True)
class GoldenHome:
    """`root` holds the unpacked archive; `name` is the folder of the home in it."""

    version: str
    root: Path
    name: str = "home"
    environment: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, version: str, root: Path, environment: tuple[tuple[str, str], ...] = ()) -> "GoldenHome":
        """The home with two file stores, unpacked in `root`."""
        return cls(version, _unpacked(version, root), environment=environment)

    @classmethod
    def cut_off(cls, version: str, root: Path) -> "GoldenHome":
        """The home whose only ingest ended between its two stores."""
        return cls(version, _unpacked(version, root), "home-cut")

    @classmethod
    def on_s3(cls, version: str, root: Path, service: S3Service, bucket: str) -> "GoldenHome":
        """The home with an S3 store, moved to another bucket of this server; the objects are the caller's affair."""
        home = cls(
            version,
            _unpacked(version, root),
            "home-s3",
            (
                ("LANTAI_STORE_MAIN_ENDPOINT", service.endpoint),
                ("LANTAI_STORE_MAIN_ACCESS_KEY", service.access_key),
                ("LANTAI_STORE_MAIN_SECRET_KEY", service.secret_key),
            ),
        )
        settings = home.terminal.home / "lantai.toml"
        here = settings.read_text("utf-8")
        assert S3_URL in here
        settings.write_text(here.replace(S3_URL, f"s3://{bucket}/{S3_URL.rpartition('/')[2]}"), "utf-8")
        return home

    @cached_property
    def terminal(self) -> Terminal:
        """Where commands are typed."""
        return Terminal(self.root / self.name, self.environment)

    @property
    def delivery(self) -> Path:
        """The delivery that filled the home."""
        return self.root / "delivery" / BATCH

    @property
    def supplement(self) -> Path:
        """The delivery of LATER."""
        return self.root / "delivery" / SUPPLEMENT

    def told(self, name: str) -> Any:
        """What the version itself printed: `list`, `held` or `show/<package>`."""
        return json.loads((self.root / "told" / self.name / f"{name}.json").read_bytes())

    def elsewhere(self, delivery: Path) -> Path:
        """A copy of the delivery in another place, all its files with other times and inodes."""
        return shutil.copytree(delivery, self.root / "elsewhere" / delivery.name, copy_function=shutil.copyfile)

    def originals(self, code: str) -> dict[bytes, bytes]:
        """The files of a record as they were delivered: raw name below the record → bytes."""
        files = (self.supplement if code == LATER else self.delivery) / "files"
        if code in {FLAT, HEIC}:
            return {os.fsencode(path.name): path.read_bytes() for path in files.glob(f"{code}-*")}
        return files_below(files / code)

    def objects(self) -> dict[str, bytes]:
        """Everything that lies in the file stores, by path."""
        found = (self.terminal.home / "stores").rglob("*")
        return {str(path): path.read_bytes() for path in found if path.is_file()}

    def tar(self, store: str, code: str) -> Path:
        """The tar of a package in a file store; its index lies beside it."""
        (path,) = (self.terminal.home / "stores" / store).rglob(f"{code}-v0001.tar")
        return path


def _unpacked(version: str, root: Path) -> Path:
    """The archive unpacked. The damaged picture of 0.1.0 and 0.2.0 lacks nothing but one byte of its end mark, which is
    no damage any more: it is cut shorter, so that its record is held today as it was then."""
    made = unpack(version, root)
    picture = made / "delivery" / BATCH / "files" / DAMAGED / "001.jpg"
    picture.write_bytes(picture.read_bytes()[:4000])
    return made


def files_below(folder: Path) -> dict[bytes, bytes]:
    """Raw name below the folder → bytes."""
    start = len(os.fsencode(folder)) + 1
    return {os.fsencode(path)[start:]: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def states(report: Any) -> dict[str, str]:
    """How each record ended, by package identifier, from what `ingest --json` printed."""
    return {outcome["package_id"]: outcome["state"] for outcome in report["report"]["outcomes"]}


def expected_states() -> dict[str, str]:
    """How the records of the delivery end when it comes again."""
    ends = {"unchanged": STORED, "held": HELD, "waiting": WAITING}
    return {code: state for state, codes in ends.items() for code in codes}


def reasons(held: Any) -> dict[str, list[str]]:
    """Codes of the findings of each record that waits, from what `list --held --json` printed."""
    return {record["package_id"]: [found["code"] for found in record["findings"]] for record in held}


def listed(rows: Any, *fields: str) -> list[tuple[Any, ...]]:
    """These fields of each package, from what `list --json` printed."""
    return [tuple(row[name] for name in fields) for row in rows]


def changed_byte(path: Path, near: bytes) -> None:
    """One bit changed at the beginning of `near`, as a bad disk would: the file keeps its place and size."""
    raw = bytearray(path.read_bytes())
    raw[raw.index(near)] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(raw))
