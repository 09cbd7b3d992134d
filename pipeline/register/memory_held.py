"""What waits in deliveries, and what was withdrawn from them, in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.domain.ledger import Delivery, Withdrawal, delivery_id
from pipeline.ports import HeldRecord
from pipeline.register.memory_ledger import MemoryLedger
from pipeline.register.rules import withdrawal_of

_Key = tuple[str, str, int]


class MemoryHeld(MemoryLedger):
    """See `ports.Register`. Threads may share it."""

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[_Key, HeldRecord] = {}
        self._withdrawn: list[Withdrawal] = []

    def hold(self, held: HeldRecord) -> None:
        """See `ports.Register`."""
        unknown, here = delivery_id(held.delivery, ""), held.delivery_id
        with self._lock:
            for key in [key for key in self._held if key[0] == held.package_id]:
                beside = held.place and key[1] == here and key[2] not in {0, held.place}
                if key[1] in {unknown, here} and not beside:
                    del self._held[key]
            self._held[_key(held)] = held

    def release(self, package_id: str, *, delivery: str, folder: str = "") -> None:
        """See `SqlHeld.release`."""
        known = {delivery_id(delivery, folder), delivery_id(delivery, "")}
        with self._lock:
            for key in [key for key in self._held if key[0] == package_id and key[1] in known]:
                del self._held[key]

    def release_gone(self, run: int) -> None:
        """See `ports.Register`."""
        with self._lock:
            delivery = self._deliveries[self._run(run).delivery]
            about = [record.description for record in self._planned[run]]
            there = {(each.package_id, place) for each in about for place in (0, each.row)}
            for key in list(self._held):
                here = key[1] in {delivery.id, delivery_id(delivery.name, "")}
                if here and key[0] and (key[0], key[2]) not in there:
                    del self._held[key]

    def held(self, *, delivery: str = "", package_id: str = "") -> Iterator[HeldRecord]:
        """See `ports.Register`."""
        with self._lock:
            rows = sorted(self._held.values(), key=lambda h: (h.package_id, h.delivery, h.delivery_id, h.place))
        of_record = (held for held in rows if package_id in ("", held.package_id))
        yield from (held for held in of_record if delivery in ("", held.delivery_id))

    def withdraw(self, held: Iterable[HeldRecord], *, by: str, at: str, reason: str) -> None:
        """See `ports.Register`."""
        with self._lock:
            for each in held:
                self._held.pop(_key(each), None)
                self._withdrawn.append(withdrawal_of(each, by=by, at=at, reason=reason))

    def withdrawals(self, delivery: str = "") -> Iterator[Withdrawal]:
        """See `ports.Register`."""
        with self._lock:
            rows = list(self._withdrawn)
        yield from (each for each in rows if delivery in ("", each.delivery))

    def moved(self, earlier: str, now: Delivery) -> None:
        """See `ports.Register`."""
        with self._lock:
            if earlier in self._deliveries:
                self._deliveries[earlier] = replace(self._deliveries[earlier], moved_to=now.id)
            self._withdrawn = [replace(w, delivery=now.id) if w.delivery == earlier else w for w in self._withdrawn]
            for key in [key for key in self._held if key[1] == earlier]:
                held = replace(self._held.pop(key), delivery=now.name, folder=now.folder)
                self._held[_key(held)] = held


def _key(held: HeldRecord) -> _Key:
    return held.package_id, held.delivery_id, held.place
