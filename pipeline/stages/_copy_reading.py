"""A copy while it is read: what was asked of the store, how many bytes it gave, what is wrong with them."""

from collections.abc import Callable, Generator

from pipeline.domain.messages import Message, message, why
from pipeline.domain.packages import FixityFault, FixityResult, PackageIndex
from pipeline.errors import StorageRefused, StorageUnavailable
from pipeline.ports import Store


class CopyReading:
    """One audit of one copy under way. `silent` once the store does not answer, or does not let us in: from then on
    nothing is asked of it."""

    def __init__(self, index: PackageIndex, store: Store, advance: Callable[[int], None]) -> None:
        self.index, self.store = index, store
        self.faults: list[FixityFault] = []
        self.bytes_read = 0
        self.silent = False
        self._advance = advance

    def note(self, result: FixityResult, path: str, reason: Message) -> None:
        """Adds a fault; `path` is that of a member, or the key of an object that is no tar."""
        self.faults.append(FixityFault(result=result, path=path, reason=reason))

    def chunks(self, key: str, start: int = 0, length: int | None = None) -> Generator[bytes, None, None]:
        """Bytes of an object as they come, counted."""
        for chunk in self.store.read(key, start=start, length=length):
            self.bytes_read += len(chunk)
            self._advance(len(chunk))
            yield chunk

    def fall_silent(self, error: StorageRefused | StorageUnavailable) -> None:
        """The store was asked for the last time; nothing can be told of what it holds."""
        self.silent = True
        if isinstance(error, StorageRefused):
            said = message("copy_store_refuses", reason=why(error))
        else:
            said = message("copy_store_silent", reason=why(error))
        self.note(FixityResult.COULD_NOT_TELL, "", said)
