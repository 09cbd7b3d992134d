"""A store's identity (存储标识): an object of its own that says which store this is, wherever its address leads.

It is written once, when the store is made or first written to, never on reading, and is listed among no keys. Where it
is not there, the address leads to an empty place or to another one; where it is another, to another archive's store.
"""

import secrets

import msgspec

from pipeline.domain.layout import STORE_IDENTITY
from pipeline.domain.messages import message
from pipeline.errors import StorageError
from pipeline.tools.typed_json import from_json

IDENTITY_KEY = STORE_IDENTITY
"""Below the store's address; `checked_key` keeps such names from everybody else."""

_MOST_BYTES = 4096


def new_identity() -> bytes:
    """The object, with a new random id."""
    told = {"format": "lantai-store/1", "id": secrets.token_hex(16), "what": "this folder or bucket is a lantai store"}
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def identity_of(data: bytes, *, store: str) -> str:
    """The id in the object. StorageError where it is none of ours."""
    try:
        told = from_json(data[:_MOST_BYTES], dict[str, str])
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = {}
    found = told.get("id", "")
    if not found:
        raise StorageError(message("store_identity_garbled", store=store, key=IDENTITY_KEY), store=store)
    return found
