"""What waits in deliveries, and what was withdrawn from them, in the register's tables."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, or_, select, tuple_, update

from pipeline.domain.ledger import Delivery, Withdrawal, delivery_id
from pipeline.domain.packages import PackageIndex
from pipeline.ports import HeldRecord
from pipeline.register.blobs import from_json, to_json
from pipeline.register.engine import writing
from pipeline.register.rows import columns_of, row_of
from pipeline.register.rules import is_of_record, no_such_run, withdrawal_of
from pipeline.register.sql_ledger import SqlLedger
from pipeline.register.tables import DELIVERIES, HELD, PLANNED, RUNS, WITHDRAWALS
from pipeline.register.upsert import insert_or_change

PAGE = 2000
"""Rows read at a time."""


class SqlHeld(SqlLedger):
    """See `ports.Register`; every call is one transaction. Threads may share it."""

    def hold(self, held: HeldRecord) -> None:
        """See `ports.Register`."""
        row = {
            "package_id": held.package_id,
            "delivery": held.delivery_id,
            "place": held.place,
            "name": held.delivery,
            "held_json": to_json(held),
        }
        here = _held_in(held.package_id, held.delivery, held.folder)
        if held.place:  # other rows of the same code wait beside it
            here &= or_(HELD.c.place.in_((0, held.place)), HELD.c.delivery != held.delivery_id)
        with writing(self.engine, self.name) as connection:
            connection.execute(delete(HELD).where(here))
            connection.execute(insert(HELD).values(row))

    def release(self, package_id: str, *, delivery: str, folder: str = "") -> None:
        """See `ports.Register`. What was noted of a delivery of that name whose folder is not known goes with it."""
        here = _held_in(package_id, delivery, folder)
        if not self._all(select(HELD.c.place).where(here).limit(1)):
            return  # nearly always: no transaction that writes, and no disk that is waited for
        with writing(self.engine, self.name) as connection:
            connection.execute(delete(HELD).where(here))

    def release_gone(self, run: int) -> None:
        """See `ports.Register`."""
        planned = (PLANNED.c.run == run) & (PLANNED.c.package_id == HELD.c.package_id)
        there = exists(select(PLANNED.c.run).where(planned & ((HELD.c.place == 0) | (HELD.c.place == PLANNED.c.row))))
        of_run = select(DELIVERIES).join(RUNS, RUNS.c.delivery == DELIVERIES.c.id).where(RUNS.c.id == run)
        for delivery in self._all(of_run):
            known = {delivery.id, delivery_id(delivery.name, "")}
            gone = HELD.c.delivery.in_(sorted(known)) & (HELD.c.package_id != "") & ~there
            if self._all(select(HELD.c.place).where(gone).limit(1)):
                with writing(self.engine, self.name) as connection:
                    connection.execute(delete(HELD).where(gone))
            return
        raise no_such_run(run)

    def held(self, *, delivery: str = "", package_id: str = "") -> Iterator[HeldRecord]:
        """See `ports.Register`."""
        order = (HELD.c.package_id, HELD.c.name, HELD.c.delivery, HELD.c.place)
        wanted = select(*order, HELD.c.held_json).order_by(*order).limit(PAGE)
        if delivery:
            wanted = wanted.where(HELD.c.delivery == delivery)
        if package_id:
            wanted = wanted.where(HELD.c.package_id == package_id)
        last: tuple[object, ...] = ("", "", "", -1)
        while page := self._all(wanted.where(tuple_(*order) > last)):
            last = tuple(page[-1][:4])
            for row in page:
                yield from_json(row.held_json, HeldRecord)

    def withdraw(self, held: Iterable[HeldRecord], *, by: str, at: str, reason: str) -> None:
        """See `ports.Register`."""
        taken = tuple(held)
        rows = [row_of(WITHDRAWALS, withdrawal_of(each, by=by, at=at, reason=reason)) for each in taken]
        with writing(self.engine, self.name) as connection:
            for each in taken:
                here = (HELD.c.package_id == each.package_id) & (HELD.c.delivery == each.delivery_id)
                connection.execute(delete(HELD).where(here & (HELD.c.place == each.place)))
            if rows:
                connection.execute(insert(WITHDRAWALS), rows)

    def withdrawals(self, delivery: str = "") -> Iterator[Withdrawal]:
        """See `ports.Register`."""
        wanted = select(*columns_of(WITHDRAWALS)).order_by(WITHDRAWALS.c.number)
        for row in self._all(wanted.where(WITHDRAWALS.c.delivery == delivery) if delivery else wanted):
            yield Withdrawal(**row._mapping)

    def moved(self, earlier: str, now: Delivery) -> None:
        """See `ports.Register`."""
        with writing(self.engine, self.name) as connection:
            connection.execute(update(DELIVERIES).where(DELIVERIES.c.id == earlier).values(moved_to=now.id))
            connection.execute(update(WITHDRAWALS).where(WITHDRAWALS.c.delivery == earlier).values(delivery=now.id))
            waiting = connection.execute(select(HELD).where(HELD.c.delivery == earlier)).all()
            connection.execute(delete(HELD).where(HELD.c.delivery == earlier))
            for row in waiting:
                held = replace(from_json(row.held_json, HeldRecord), delivery=now.name, folder=now.folder)
                values = {**row._mapping, "delivery": now.id, "name": now.name, "held_json": to_json(held)}
                insert_or_change(connection, HELD, [values], change=("name", "held_json"))


def release_stored(connection: Connection, index: PackageIndex) -> None:
    """Takes out of what waits the records that the stored version is of, by code and title."""
    waiting = connection.execute(select(HELD).where(HELD.c.package_id == index.package_id)).all()
    for row in waiting:
        if is_of_record(from_json(row.held_json, HeldRecord), index):
            one = (HELD.c.package_id == row.package_id) & (HELD.c.delivery == row.delivery)
            connection.execute(delete(HELD).where(one & (HELD.c.place == row.place)))


def _held_in(package_id: str, delivery: str, folder: str) -> ColumnElement[bool]:
    """The condition that a held row is of this record in this delivery, its folder known or not."""
    deliveries = {delivery_id(delivery, folder), delivery_id(delivery, "")}
    return (HELD.c.package_id == package_id) & HELD.c.delivery.in_(sorted(deliveries))
