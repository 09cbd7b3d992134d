"""A store that should hold packages and holds none: its disk is not mounted, its address is wrong, or all was removed.

An empty folder or bucket answers like any other. Only the register knows that there was something in it.
"""

from pipeline.domain import layout
from pipeline.errors import StorageUnavailable
from pipeline.ports import Register, Store


def emptied(store: Store, register: Register) -> bool:
    """Whether the register lists copies in the store and no package lies there. Raises what the store raises."""
    key = register.copy_in(store.name)
    if not key or store.size(key) is not None:
        return False
    return not any(layout.is_index(each) for each in store.keys(""))


def refuse_emptied(store: Store, register: Register) -> None:
    """Raises StorageUnavailable for such a store: nothing must be written to what may be another disk."""
    if emptied(store, register):
        raise StorageUnavailable(reason(store), store=store.name)


def reason(store: Store) -> str:
    """What is wrong with such a store, and what to do."""
    return (
        f"存储 {store.name}（{store.url}）是空的，登记库却记着其中有包：请检查磁盘是否已挂载、地址是否写对；"
        "若确已换成新的空存储，请先运行 lantai rebuild · "
        f"the store {store.name} ({store.url}) is empty, and the register lists packages in it: is its disk mounted, "
        "its address right? If it is a new store in place of the old one, run `lantai rebuild` first"
    )
