"""What every store has in common: settings, keys, ranges."""

import pytest

from pipeline.errors import HouseError, ObjectExists, ObjectMissing, StorageError
from pipeline.stores.kind import (
    MAX_KEY_BYTES,
    StoreSettings,
    checked_key,
    checked_range,
    exists,
    missing,
)
from tests.contracts.store import HOSTILE_KEYS, ODD_KEYS


@pytest.mark.parametrize(
    ("url", "scheme", "host", "path"),
    [
        ("file:///srv/%E5%85%B0%E5%8F%B0%20a", "file", "", "/srv/兰台 a"),
        ("s3://bucket/a/b", "s3", "bucket", "/a/b"),
        ("memory://x", "memory", "x", ""),
    ],
)
def test_a_url_in_its_parts(url: str, scheme: str, host: str, path: str) -> None:
    address = StoreSettings(name="nas", url=url).address
    assert (address.scheme, address.netloc, address.path) == (scheme, host, path)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "s3://key:word@bucket"}, "credentials"),
        ({"url": "file:///a#b"}, "store_url_query"),
        ({"url": "file:///a?b"}, "store_url_query"),
        ({"url": "s3://b", "addressing": "host"}, "addressing"),
        ({"url": "s3://b", "checksums": "crc32"}, "checksums"),
    ],
)
def test_wrong_settings(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        StoreSettings(**{"name": "nas", **wrong})
    assert "word" not in str(error.value)


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_in_its_parts(key: str) -> None:
    assert "/".join(checked_key(key, store="nas")) == key


def test_the_longest_key() -> None:
    longest = "档" * (MAX_KEY_BYTES // 3) + "x"
    assert checked_key(longest, store="nas") == (longest,)
    with pytest.raises(StorageError, match="key_too_long"):
        checked_key(longest + "x", store="nas")


@pytest.mark.parametrize("key", HOSTILE_KEYS, ids=ascii)
def test_what_some_store_could_not_keep_is_refused_by_all(key: str) -> None:
    with pytest.raises(StorageError, match="key_refused") as refused:
        checked_key(key, store="nas")
    assert (refused.value.store, refused.value.key) == ("nas", key)


@pytest.mark.parametrize(
    ("start", "length", "good"), [(0, None, True), (5, 0, True), (-1, None, False), (0, -1, False)]
)
def test_ranges(start: int, length: int | None, good: bool) -> None:
    if good:
        checked_range(start, length)
    else:
        with pytest.raises(HouseError):
            checked_range(start, length)


def test_what_is_there_and_what_is_not() -> None:
    for error, kind in ((exists("nas", "k"), ObjectExists), (missing("nas", "k"), ObjectMissing)):
        assert type(error) is kind
        assert (error.store, error.key) == ("nas", "k")
