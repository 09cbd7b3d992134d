"""Whether a store is the one that the register means: its disk may not be mounted, its address may be wrong, or lead
to another archive's store.

An empty folder or bucket answers like any other, and so does a full one of somebody else. What tells them apart is the
store's identity, an object of its own; where there is none yet (0.1.0 wrote none), whether a package lies there.
"""

from collections.abc import Iterable
from contextlib import suppress

from pipeline.domain import layout
from pipeline.domain.messages import Message, message
from pipeline.errors import RegisterError, StorageError, StorageUnavailable
from pipeline.ports import Ledger, Register, Store


def doubt(store: Store, register: Register) -> Message | None:
    """Why nothing that this store says of packages counts; None where it is the right one. Raises what it raises.

    A store of known identity without its identity object is the right one all the same if a package lies in it that
    should: objects whose names begin with a dot are easily left behind when a store is moved.
    """
    known, found = register.store_identity(store.name), store.identity()
    if known and found:
        said = message("store_is_another", store=store.name, url=store.url, known=known, found=found)
        return None if known == found else said
    key = register.copy_in(store.name)
    if not known and not key:
        return _of_others(store, register) if found else None
    if key and (store.size(key) is not None or any(map(layout.is_index, store.keys("")))):
        return None
    return message("store_emptied", store=store.name, url=store.url)


def _of_others(store: Store, register: Register) -> Message | None:
    """Of a store that the register does not know by this name: whether the packages in it are of another archive. One
    that was filled by hand holds ours."""
    if next(register.all_versions(), None) is None:
        return None  # nothing is known of any: what holds packages then is told before anything is done
    key = next(filter(layout.is_index, store.keys("")), "")
    place = layout.place_of(key)
    if not key or (place is not None and register.versions(place.package_id)):
        return None
    return message("store_of_others", store=store.name, url=store.url, key=key)


def doubt_if_told(store: Store, register: Register) -> Message | None:
    """As `doubt`; None too where that cannot be told."""
    try:
        return doubt(store, register)
    except StorageError:
        return None


def refuse_wrong(store: Store, register: Register) -> None:
    """Raises StorageUnavailable for a store that is not the right one: nothing must be written to what may be another
    disk, and nothing that it lacks is lost. Nothing is written."""
    if (why := doubt(store, register)) is not None:
        raise StorageUnavailable(why, store=store.name)


def make_known(store: Store, register: Register, *, others: Iterable[Store] = ()) -> None:
    """Before anything is written to a store: as `refuse_wrong`; the right one is given an identity where it has none,
    and the register knows it by that from now on. StorageError where one of the `others` is known by the same: two
    addresses of one place, of which neither had an identity before."""
    known = register.store_identity(store.name)
    if known and store.identity() == known:
        return
    refuse_wrong(store, register)
    identity = store.identify()
    register.know_store(store.name, identity)
    for other in others:
        if other.name != store.name and register.store_identity(other.name) == identity:
            names = {"store": store.name, "url": store.url, "other": other.name, "other_url": other.url}
            raise StorageError(message("stores_of_one_identity", **names, identity=identity), store=store.name)


def refuse_lost(register: Register, ledger: Ledger, stores: Iterable[Store]) -> None:
    """Raises RegisterError where register and ledger know nothing at all and a store holds packages: they were lost,
    and the archive is not empty. Where there was a run, it was cut off before anything was registered. A store that
    does not answer says nothing."""
    known = (register.all_versions(), register.held(), ledger.runs())
    if any(next(each, None) is not None for each in known):
        return
    for store in stores:
        with suppress(StorageError):
            if any(map(layout.is_index, store.keys(""))):
                raise RegisterError(message("register_lost", store=store.name, url=store.url))
