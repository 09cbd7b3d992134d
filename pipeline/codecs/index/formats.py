"""Bytes to an index and back, by the version of the format that the bytes name.

`decode_index` believes nothing: an index comes out of a store, and its paths and offsets decide what is read and
written.
"""

from types import ModuleType

import msgspec

from pipeline.codecs.index import v1, v2
from pipeline.codecs.index.soundness import problem_of
from pipeline.domain.messages import Message, message
from pipeline.domain.packages import PackageIndex
from pipeline.errors import StorageError
from pipeline.tools.typed_json import from_json

MAX_INDEX_BYTES = 1 << 28
"""Some 700,000 members. A larger file is no index of ours, and reading it whole would take the memory of others."""

_FORMATS: dict[str, ModuleType] = {v1.FORMAT: v1, v2.FORMAT: v2}


class _Head(msgspec.Struct, frozen=True):
    """All that is read before it is known what the rest means."""

    format: str


def encode_index(index: PackageIndex) -> bytes:
    """The file as this program writes it: the same bytes for the same facts, UTF-8, ended by a line feed."""
    return v2.encode(index)


def decode_index(data: bytes, *, store: str = "", key: str = "") -> PackageIndex:
    """The index in the bytes, which it keeps. Raises StorageError (with `store` and `key`) saying what is wrong with
    them."""
    if len(data) > MAX_INDEX_BYTES:
        raise StorageError(message("index_too_large", key=key, limit=MAX_INDEX_BYTES), store=store, key=key)
    try:
        found = from_json(data, _Head).format
        index: PackageIndex | None = _FORMATS[found].decode(data) if found in _FORMATS else None
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise _unusable(message("index_garbled", words=error), store, key) from error
    if index is None:
        raise _unusable(message("index_format_unknown", format=found), store, key)
    if (problem := problem_of(index)) is not None:
        raise _unusable(problem, store, key)
    return index


def format_of(index: PackageIndex) -> str:
    """Name and version of the format in which the index was written."""
    return from_json(index.written, _Head).format


def is_as_written(index: PackageIndex) -> bool:
    """Whether the bytes that an index was read from are, each of them, such as the program wrote that wrote them: a
    changed blank between two values changes nothing in what they mean."""
    return bool(_FORMATS[format_of(index)].is_as_written(index.written))


def _unusable(reason: Message, store: str, key: str) -> StorageError:
    return StorageError(message("index_unusable", key=key, reason=reason), store=store, key=key)
