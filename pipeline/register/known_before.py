"""What earlier registers knew: the one that is to be replaced, and the copies of it that were kept.

A register made anew from the stores knows what lies there now. What was there once, and what is lost, only they know.
"""

import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect, select, tuple_

from pipeline.domain.copies import Disposal
from pipeline.domain.messages import Message
from pipeline.domain.packages import Copy, PackageIndex
from pipeline.errors import PipelineError
from pipeline.register.blobs import unpack_index
from pipeline.register.engine import reading, reading_engine
from pipeline.register.rows import of_version
from pipeline.register.sqlite import PAGE
from pipeline.register.tables import COPIES, DISPOSALS, STORES, VERSIONS

_BESIDE = ("-wal", "-shm", "-journal")
MOST_KEPT = 5
"""Copies of the register that are kept beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVersion:
    """A version as an earlier register knew it, with the copies that should be there."""

    index: PackageIndex
    copies: tuple[Copy, ...]


class KnownBefore:
    """Some earlier registers, newest first. What one of them cannot tell is asked of the next; `problems` says why,
    and `unreadable` are the files of those that could not tell all."""

    def __init__(self, engines: tuple[tuple[Engine, str], ...]) -> None:
        self._engines = engines
        self.problems: list[Message] = []
        self.unreadable: set[str] = set()

    def written(self, package_id: str, version: int) -> bytes | None:
        """The bytes of the version's index, as the newest register has them that knows it."""
        wanted = select(VERSIONS.c.index_zlib).where(of_version(VERSIONS, package_id, version))
        for engine, name in self._engines:
            with self._noting(name), reading(engine, name) as connection:
                data = connection.execute(wanted).scalar_one_or_none()
                if data is not None:
                    with suppress(zlib.error):  # then it knows that there was one, and not what
                        return zlib.decompress(data)
                    self.unreadable.add(name)
        return None

    def version(self, package_id: str, version: int) -> KnownVersion | None:
        """The version with its copies, as the newest register has them that can still tell."""
        wanted = select(VERSIONS.c.index_zlib).where(of_version(VERSIONS, package_id, version))
        columns = (COPIES.c[name] for name in Copy.__dataclass_fields__)
        copies = select(*columns).where(of_version(COPIES, package_id, version))
        for engine, name in self._engines:
            with self._noting(name), reading(engine, name) as connection:
                data = connection.execute(wanted).scalar_one_or_none()
                if data is not None:
                    index = unpack_index(data)
                    rows = connection.execute(copies).all()
                    return KnownVersion(index=index, copies=tuple(Copy(**row._mapping) for row in rows))
        return None

    def versions(self) -> Iterator[tuple[str, int, str]]:
        """Every version that any of them knew, with its archival code; one known to several comes more than once."""
        key = (VERSIONS.c.package_id, VERSIONS.c.version)
        for engine, name in self._engines:
            last: tuple[str, int] = ("", 0)
            with self._noting(name):
                while True:
                    wanted = select(*key, VERSIONS.c.archival_code).where(tuple_(*key) > last)
                    with reading(engine, name) as connection:
                        page = connection.execute(wanted.order_by(*key).limit(PAGE)).all()
                    if not page:
                        break
                    last = (page[-1].package_id, page[-1].version)
                    yield from (tuple(row) for row in page)

    def disposals(self) -> Iterator[tuple[Disposal, PackageIndex]]:
        """What was let go, with the indexes, as the newest register says that can still tell: what was found again is
        let go no more."""
        for engine, name in self._engines:
            with self._noting(name):
                with reading(engine, name) as connection:
                    there = inspect(connection).has_table(DISPOSALS.name)
                    rows = connection.execute(select(DISPOSALS)).all() if there else []
                for row in rows:
                    told = {each: getattr(row, each) for each in Disposal.__dataclass_fields__}
                    yield Disposal(**told), unpack_index(row.index_zlib)
                return

    def store_identity(self, store: str) -> str:
        """The identity by which the newest of them knew the store of this name; empty where none did."""
        wanted = select(STORES.c.identity).where(STORES.c.name == store)
        for engine, name in self._engines:
            with self._noting(name), reading(engine, name) as connection:
                there = inspect(connection).has_table(STORES.name)
                if there and (found := connection.execute(wanted).scalar_one_or_none()):
                    return str(found)
        return ""

    @contextmanager
    def _noting(self, name: str) -> Iterator[None]:
        """What a damaged register cannot tell is noted once, and costs what it would have told."""
        try:
            yield
        except PipelineError as error:
            self.unreadable.add(name)
            if error.message not in self.problems:
                self.problems.append(error.message)


@contextmanager
def known_before(register: Path, *others: Path) -> Iterator[KnownBefore]:
    """The register at this place, the copies kept beside it by earlier rebuilds, and `others`. Nothing is written."""
    paths = [path for path in (register, *others, *kept_beside(register)) if path.is_file() and path.stat().st_size]
    engines = tuple((reading_engine(path), str(path)) for path in paths)
    try:
        yield KnownBefore(engines)
    finally:
        for engine, _ in engines:
            engine.dispose()


def kept_beside(register: Path) -> list[Path]:
    """The copies of the register that rebuilds kept beside it, newest first."""
    kept = [path for path in register.parent.glob(f"{register.name}.bak-*") if not path.name.endswith(_BESIDE)]
    return sorted(kept, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def prune(register: Path, *, but: Collection[str]) -> None:
    """Removes all but the newest MOST_KEPT of the copies kept beside the register: what they knew is in it. Those in
    `but` could not tell all, and stay."""
    for path in kept_beside(register)[MOST_KEPT:]:
        if str(path) not in but:
            for suffix in ("", *_BESIDE):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
