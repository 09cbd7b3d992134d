"""Values as they lie in the register's columns: the index compressed, the rest as JSON."""

import zlib
from typing import TypeVar

import msgspec

from pipeline.codecs.index import decode_index
from pipeline.domain.messages import message, told_by_program
from pipeline.domain.packages import PackageIndex
from pipeline.errors import HouseError, RegisterError, StorageError
from pipeline.tools import typed_json

T = TypeVar("T")


def pack_index(index: PackageIndex) -> bytes:
    """The index's bytes as they were written, compressed: about a third of them, for most of it is digests.

    HouseError for an index that was never written: what this program would write is not what lies in the stores."""
    if not index.written:
        raise HouseError(message("index_never_written", package=index.package_id))
    return zlib.compress(index.written)


def unpack_index(data: bytes) -> PackageIndex:
    """The index back. RegisterError where the column is damaged."""
    try:
        return decode_index(zlib.decompress(data))
    except (zlib.error, StorageError) as error:
        raise _unreadable(PackageIndex, error) from error


def pack(value: object) -> bytes:
    """JSON of a domain value, compressed quickly."""
    return zlib.compress(msgspec.json.encode(value), 1)


def unpack(data: bytes, kind: type[T]) -> T:
    """The value back. RegisterError where the column is damaged."""
    try:
        return typed_json.from_json(zlib.decompress(data), kind)
    except (zlib.error, msgspec.DecodeError, ValueError) as error:
        raise _unreadable(kind, error) from error


def to_json(value: object) -> str:
    """JSON of a domain value; the same value gives the same text."""
    return msgspec.json.encode(value).decode()


def from_json(text: str, kind: type[T]) -> T:
    """A domain value from its JSON. RegisterError where the column is damaged."""
    try:
        return typed_json.from_json(text, kind)
    except (msgspec.DecodeError, ValueError) as error:
        raise _unreadable(kind, error) from error


def _unreadable(kind: object, error: Exception) -> RegisterError:
    what = getattr(kind, "__name__", str(kind))
    return RegisterError(message("register_value_unreadable", kind=what, reason=told_by_program(error)))
