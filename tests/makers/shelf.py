"""Two folders that hold real packages, and the register that knows them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.packages import PackageIndex
from pipeline.register.memory import MemoryRegister
from pipeline.stores import StoreSettings, prepare_store
from tests.makers.real_packages import copies_of, real_package


class NoonClock:
    """Always noon."""

    def now(self) -> datetime:
        """The time."""
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


class Shelf:
    """Stores "first" and "second" in `root`, each with every package."""

    clock = NoonClock()

    def __init__(self, root: Path, package_ids: Iterable[str]) -> None:
        self.root = root
        self.register = MemoryRegister()
        self.stores = tuple(
            prepare_store(StoreSettings(name=name, url=(root / name).as_uri())) for name in ("first", "second")
        )
        self.indexes = tuple(self._keep(package_id) for package_id in package_ids)

    def _keep(self, package_id: str) -> PackageIndex:
        folder = self.root / "packaged" / package_id
        folder.mkdir(parents=True)
        index = real_package(folder, package_id).index
        for store in self.stores:
            store.put(index.tar_key, folder / f"{index.bag_name}.tar")
            store.put(index.index_key, folder / f"{index.bag_name}.index.json")
        self.register.add_version(index, copies_of(index, "first", "second"), (), source_state="")
        return index

    def tar(self, index: PackageIndex, store: str = "first") -> Path:
        """Where a copy's tar lies."""
        return self.root / store / index.tar_key

    def flip(self, index: PackageIndex, path: str, store: str = "first") -> None:
        """Changes one bit of a member in one store."""
        member = index.member(path)
        assert member is not None
        tar = self.tar(index, store)
        raw = bytearray(tar.read_bytes())
        raw[member.data_offset] ^= 1
        tar.unlink()  # the name only: the other store may share the bytes
        tar.write_bytes(raw)
