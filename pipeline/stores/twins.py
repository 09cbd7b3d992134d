"""Whether two copies are two: stores that are one under two names, and files that are one under two names.

A second name of the same folder, bucket or file keeps nothing safe. What tells: the place that an address leads to; the
identity in it, which two addresses of one place have in common, and so does a mirror that was made with all files of
the original; and, file by file, whether the bytes have other names.
"""

from collections.abc import Iterable, Sequence

from pipeline.domain.messages import Message, message
from pipeline.domain.packages import PackageIndex
from pipeline.errors import StorageError
from pipeline.ports import Placed, Sharing, Store
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
    """The first of the other stores whose tar of this version is the very file that lies in this store. One that does
    not answer shares nothing that could be seen."""
    mine = _shared(store, index.tar_key)
    return next((other for other in others if mine and _shared(other, index.tar_key) == mine), None)


def _shared(store: Store, key: str) -> str:
    inner = _inner(store)
    if not isinstance(inner, Sharing):
        return ""
    try:
        return inner.shared(key)
    except StorageError:
        return ""


def _inner(store: Store) -> Store:
    while isinstance(store, Wrapped):
        store = store.inner
    return store


def _place(store: Store) -> str:
    inner = _inner(store)
    return inner.place if isinstance(inner, Placed) else ""


def _identity(store: Store) -> str:
    try:
        return store.identity()
    except StorageError:
        return ""
