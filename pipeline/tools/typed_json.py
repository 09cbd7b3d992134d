"""JSON into typed values through msgspec, from any thread.

msgspec 0.22.0 learns a type when it is first asked for, and shows what is half learnt to every other thread:
two first decodings at once end the process with a segmentation fault. So types are learnt one at a time.
"""

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_LEARNING = threading.Lock()
_DECODERS: dict[object, msgspec.json.Decoder[Any]] = {}


def from_json(data: bytes | str, kind: type[T]) -> T:
    """The value in the JSON. Raises msgspec.DecodeError, or ValueError where the type's own rules refuse it."""
    with _LEARNING:
        if kind not in _DECODERS:
            _DECODERS[kind] = msgspec.json.Decoder(kind)
        decoder = _DECODERS[kind]
    value: T = decoder.decode(data)
    return value
