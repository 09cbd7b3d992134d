"""What packages say of their records, in the register's tables, to be searched and shown."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Engine, or_, select

from pipeline.domain.identifiers import loose_code
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import Description
from pipeline.ports import Sought
from pipeline.register.blobs import from_json
from pipeline.register.engine import reading
from pipeline.register.search import folded, period_of, words_of
from pipeline.register.tables import DESCRIPTIONS, VERSIONS
from pipeline.register.upsert import insert_or_change, insert_or_keep

_MOST_CODES = 200
_CHANGES = tuple(column.name for column in DESCRIPTIONS.c if not column.primary_key)


class SqlDescribed:
    """See `ports.Register`. Threads may share it."""

    engine: Engine
    name: str

    def description(self, package_id: str) -> Description | None:
        """See `ports.Register`."""
        wanted = select(DESCRIPTIONS.c.description_json).where(DESCRIPTIONS.c.package_id == package_id)
        with reading(self.engine, self.name) as connection:
            written = connection.execute(wanted).scalar_one_or_none()
        return from_json(written, Description) if written else None

    def codes_like(self, typed: str, *, begin: bool = False) -> tuple[str, ...]:
        """See `ports.Register`."""
        key = loose_code(folded(typed))
        fits = DESCRIPTIONS.c.code_key.startswith(key, autoescape=True) if begin else DESCRIPTIONS.c.code_key == key
        wanted = select(DESCRIPTIONS.c.package_id).where(fits).order_by(DESCRIPTIONS.c.package_id).limit(_MOST_CODES)
        with reading(self.engine, self.name) as connection:
            return tuple(connection.execute(wanted).scalars())


def note_described(connection: Connection, index: PackageIndex, row: dict[str, object]) -> None:
    """Keeps what the newest version says; a row without a description takes the place of none."""
    if not row["description_json"]:
        insert_or_keep(connection, DESCRIPTIONS, [row])
        return
    known = select(DESCRIPTIONS.c.version).where(DESCRIPTIONS.c.package_id == index.package_id)
    version = connection.execute(known).scalar_one_or_none()
    if version is None or version <= index.version:
        insert_or_change(connection, DESCRIPTIONS, [row], change=_CHANGES)


def conditions_of(sought: Sought) -> Iterator[ColumnElement[bool]]:
    """What a row of versions joined with its description must be."""
    for forms in words_of(sought):
        yield or_(*(DESCRIPTIONS.c.search_key.contains(form, autoescape=True) for form in forms))
    if sought.category:
        yield VERSIONS.c.category == sought.category
    if sought.year:
        yield DESCRIPTIONS.c.year == sought.year
    if sought.period:
        yield DESCRIPTIONS.c.period == period_of(sought.period)
    if sought.creator:
        yield DESCRIPTIONS.c.creator_key.contains(folded(sought.creator), autoescape=True)
