"""Whether two copies are two: stores that are one under two names, and files that are one under two names.

A second name of the same folder, bucket or file keeps nothing safe. What tells: the place that an address leads to; the
identity in it, which two addresses of one place have in common, and so does a mirror that was made with all files of
the original; and, file by file, whether the bytes have other names.
"""

from collections.abc import Iterable, Sequence

from pipeline.domain.messages import Message, message
from pipeline.domain.packages import PackageIndex
from pipeline.errors import StorageError
from pipeline.ports import Placed, Store
from pipeline.stores.wrappers import Wrapped


def twins(stores: Sequence[Store]) -> dict[str, Message]:
    """By name, every store that is one of those before it, and why. One that does not answer is judged by its place."""
    found: dict[str, Message] = {}
    known = [(store, _place(store), _identity(store)) for store in stores]
    for number, (store, place, identity) in enumerate(known):
        for other, other_place, other_identity in known[:number]:
            names = {"store": store.name, "url": store.url, "other": other.name, "other_url": other.url}
            if place and other_place and (place.startswith(other_place) or other_place.startswith(place)):
                found.setdefault(store.name, message("stores_are_one_place", **names))
            elif identity and identity == other_identity:
                found.setdefault(store.name, message("stores_of_one_identity", **names, identity=identity))
    return found


def refuse_twins(stores: Sequence[Store]) -> None:
    """Raises StorageError where two of the stores are one: what is written to it would count as two copies."""
    for name, said in twins(stores).items():
        raise StorageError(said, store=name)


def shared_with(index: PackageIndex, store: Store, others: Iterable[Store]) -> Store | None:
    """The first of the other stores whose tar of this version is the very file that lies in this store.

    Raises what this store raises; one of the others that does not answer shares nothing that could be seen.
    """
    info = store.stat(index.tar_key)
    if info is None or not info.shared:
        return None
    for other in others:
        try:
            there = other.stat(index.tar_key)
        except StorageError:
            continue
        if there is not None and there.shared == info.shared:
            return other
    return None


def _place(store: Store) -> str:
    inner = store
    while isinstance(inner, Wrapped):
        inner = inner.inner
    return inner.place if isinstance(inner, Placed) else ""


def _identity(store: Store) -> str:
    try:
        return store.identity()
    except StorageError:
        return ""
