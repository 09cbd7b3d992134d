"""CONTRIBUTING.md, a store: a module that ends in STORE and a line of the table; the contract then holds it to its
word. Here a store in one SQLite file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.makers.program_copy import ROOT, ProgramCopy

MODULE = '''"""A store in one SQLite file, `sqlite:///path`."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.messages import message, told_by_program
from pipeline.errors import ProfileError, StorageUnavailable
from pipeline.ports import Abilities, ObjectInfo
from pipeline.stores.identity import IDENTITY_KEY, identity_of, new_identity
from pipeline.stores.kind import (
    CHUNK, StoreKind, StoreSettings, checked_key, checked_range, exists, missing, unreadable_source,
)

_TABLE = "CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, modified TEXT NOT NULL, data BLOB NOT NULL)"
_LISTED = "SELECT key, length(data), modified FROM objects"


class SqliteStore:
    """One row for each object; a transaction is what makes it whole."""

    def __init__(self, settings: StoreSettings) -> None:
        if settings.address.netloc or not settings.address.path.startswith("/"):
            raise ProfileError(message("store_url_wrong", store=settings.name, url=settings.url, form="sqlite:///PATH"))
        self.name, self.url, self._path = settings.name, settings.url, Path(settings.address.path)

    @contextmanager
    def _opened(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        uri = f"{self._path.as_uri()}?mode={'rwc' if make else 'rw'}"
        try:
            with closing(sqlite3.connect(uri, uri=True, timeout=60, isolation_level=None)) as connection:
                yield connection
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            said = message("sqlite_store_failed", store=self.name, reason=told_by_program(error))
            raise StorageUnavailable(said, store=self.name) from error

    def prepared(self) -> "SqliteStore":
        """The same, its file made."""
        with self._opened(make=True) as connection:
            connection.execute(_TABLE)
        return self

    def put(self, key: str, source: Path) -> None:
        """See `Store.put`."""
        checked_key(key, store=self.name)
        try:
            data = source.read_bytes()
        except OSError as error:
            raise unreadable_source(source, error, store=self.name, key=key) from error
        self.put_bytes(key, data)

    def put_bytes(self, key: str, data: bytes) -> None:
        """See `Store.put_bytes`."""
        checked_key(key, store=self.name)
        try:
            self._add(key, data)
        except sqlite3.IntegrityError:
            raise exists(self.name, key) from None

    def _add(self, key: str, data: bytes) -> None:
        with self._opened() as connection:
            connection.execute("INSERT INTO objects VALUES (?, ?, ?)", (key, datetime.now(UTC).isoformat(), data))

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `Store.read`."""
        checked_range(start, length)
        checked_key(key, store=self.name)
        with self._opened() as connection:
            row = connection.execute("SELECT rowid FROM objects WHERE key = ?", (key,)).fetchone()
            if row is None:
                raise missing(self.name, key)
            with closing(connection.blobopen("objects", "data", row[0], readonly=True)) as blob:
                end = len(blob) if length is None else min(len(blob), start + length)
                if start < end:
                    blob.seek(start)
                while start < end:
                    chunk = blob.read(min(CHUNK, end - start))
                    start += len(chunk)
                    yield chunk

    def stat(self, key: str) -> ObjectInfo | None:
        """See `Store.stat`."""
        checked_key(key, store=self.name)
        with self._opened() as connection:
            row = connection.execute(f"{_LISTED} WHERE key = ?", (key,)).fetchone()
        return None if row is None else _info(*row)

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        found = self.stat(key)
        return None if found is None else found.size

    def objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Store.objects`."""
        with self._opened() as connection:
            rows = connection.execute(f"{_LISTED} ORDER BY key").fetchall()
        yield from (_info(*row) for row in rows if row[0].startswith(prefix) and row[0] != IDENTITY_KEY)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Store.keys`."""
        return (info.key for info in self.objects(prefix))

    def identity(self) -> str:
        """See `Store.identity`."""
        with self._opened() as connection:
            row = connection.execute("SELECT data FROM objects WHERE key = ?", (IDENTITY_KEY,)).fetchone()
        return "" if row is None else identity_of(row[0], store=self.name)

    def identify(self) -> str:
        """See `Store.identify`."""
        try:
            self._add(IDENTITY_KEY, new_identity())
        except sqlite3.IntegrityError:
            pass  # it has one
        return self.identity()

    def remove(self, key: str, *, version: str = "") -> None:
        """See `Removing.remove`; no versions are kept."""
        checked_key(key, store=self.name)
        with self._opened() as connection:
            if version or not connection.execute("DELETE FROM objects WHERE key = ?", (key,)).rowcount:
                raise missing(self.name, key)

    def probe(self) -> Abilities:
        """See `Store.probe`."""
        return Abilities(versioning=False, object_lock=False, checksums=False, conditional_writes=True)


def _info(key: str, size: int, modified: str) -> ObjectInfo:
    return ObjectInfo(key=key, size=size, modified=datetime.fromisoformat(modified))


STORE = StoreKind(scheme="sqlite", open=SqliteStore, prepare=lambda settings: SqliteStore(settings).prepared())
'''
SENTENCES = """
[messages.sqlite_store_failed]
zh = "存储 {store} 不能使用：{reason}"
en = "the store {store} cannot be used: {reason}"
"""
TESTS = """
from pathlib import Path

import pytest

from pipeline.ports import Store
from pipeline.stores import StoreSettings, prepare_store
from tests.contracts.store import StoreContract


class TestSqlite(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return prepare_store(StoreSettings(name="one", url=f"sqlite://{tmp_path / 'store.db'}"))
"""


@pytest.mark.slow
def test_a_store(tmp_path: Path) -> None:
    copy = ProgramCopy.into(tmp_path / "program")
    copy.write("pipeline/stores/sqlite_file.py", MODULE)
    copy.put_behind("pipeline/stores/__init__.py", '"s3": "s3"', ', "sqlite": "sqlite_file"')
    copy.add("profiles/texts/stores.toml", SENTENCES)

    (copy.folder / "tests" / "stores").mkdir(parents=True)
    shutil.copytree(ROOT / "tests/contracts", copy.folder / "tests/contracts")
    for package in ("tests", "tests/stores"):
        (copy.folder / package / "__init__.py").touch()
    copy.write("tests/stores/test_sqlite_file.py", TESTS)
    kept = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/stores"],
        cwd=copy.folder,
        env=os.environ | {"PYTHONPATH": str(copy.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert kept.returncode == 0, kept.stdout[-3000:] + kept.stderr

    home = tmp_path / "home"
    copy.terminal(home).made(f"one=sqlite://{tmp_path / 'packages.db'}")
    assert (tmp_path / "packages.db").stat().st_size > 0
