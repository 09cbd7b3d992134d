"""Format 2: a later program may add keys, and changed bytes are told from added ones."""

from dataclasses import replace

import pytest

from pipeline.codecs.index import decode_index, is_as_written, v2
from pipeline.domain.digests import sha256_of
from tests.makers.real_packages import an_index

INDEX = an_index()


def sealed_anew(data: bytes) -> bytes:
    """The bytes with the digest that belongs to them, as another program would have written them."""
    above = data[: data.rindex(b'  "sha256_of_all_above"')]
    return above + b'  "sha256_of_all_above": "%s"\n}\n' % sha256_of(above).encode()


@pytest.mark.parametrize(
    ("place", "added"),
    [
        (b'  "fonds"', b'  "rights": {"basis": "law"},\n  "fonds"'),
        (b'{"role"', b'{"object_lock":"2036-01-01","role"'),
        (b'{"path"', b'{"rights":[1,2],"path"'),
        (b'  "sha256_of_all_above"', b'  "events": [],\n  "sha256_of_all_above"'),
    ],
)
def test_keys_of_a_later_program_are_passed_over_and_kept(place: bytes, added: bytes) -> None:
    data = sealed_anew(INDEX.written.replace(place, added, 1))
    assert data != INDEX.written
    index = decode_index(data)
    assert index == replace(INDEX, written=data)
    assert is_as_written(index)


def test_the_fingerprint_of_a_version_of_format_1_goes_on_and_others_have_none() -> None:
    assert b"fingerprint" not in INDEX.written
    later = replace(INDEX, description="", fingerprint="a" * 64)
    written = v2.encode(later)
    assert decode_index(written) == replace(later, written=written)


@pytest.mark.parametrize("position", [3, 200, 700, -90, -30, -2])
def test_every_changed_byte_is_noticed(position: int) -> None:
    changed = bytearray(INDEX.written)
    changed[position] ^= 1
    assert not v2.is_as_written(bytes(changed))


def test_bytes_added_or_cut_off_are_noticed() -> None:
    assert v2.is_as_written(INDEX.written)
    for wrong in (INDEX.written + b"\n", INDEX.written[:-1], INDEX.written[1:], b"", b"{}\n"):
        assert not v2.is_as_written(wrong)
