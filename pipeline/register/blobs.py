"""Values as they lie in the register's columns: the index compressed, the rest as JSON."""

import zlib
from typing import TypeVar

import msgspec

from pipeline.codecs.package_index import decode_index, encode_index
from pipeline.domain.packages import PackageIndex
from pipeline.errors import RegisterError, StorageError
from pipeline.tools import typed_json

T = TypeVar("T")

_REBUILD = "`lantai rebuild` makes the register anew from the stores"


def pack_index(index: PackageIndex) -> bytes:
    """The index, compressed: about a third of its JSON, for most of it is digests."""
    return zlib.compress(encode_index(index))


def unpack_index(data: bytes) -> PackageIndex:
    """The index back. RegisterError where the column is damaged."""
    try:
        return decode_index(zlib.decompress(data))
    except (zlib.error, StorageError) as error:
        raise RegisterError(f"an index in the register cannot be read ({error}): {_REBUILD}") from error


def to_json(value: object) -> str:
    """JSON of a domain value; the same value gives the same text."""
    return msgspec.json.encode(value).decode()


def from_json(text: str, kind: type[T]) -> T:
    """A domain value from its JSON. RegisterError where the column is damaged."""
    try:
        return typed_json.from_json(text, kind)
    except (msgspec.DecodeError, ValueError) as error:
        raise RegisterError(f"a {kind.__name__} in the register cannot be read ({error}): {_REBUILD}") from error
