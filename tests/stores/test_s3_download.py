"""A download taken up again where it broke. On a real server it is in `test_s3`; here are the answers that none gives
when asked to."""

import pytest

from pipeline.errors import ObjectMissing, StorageError, StorageUnavailable
from pipeline.stores.s3_bucket import Refusal
from pipeline.stores.s3_download import download
from tests.fakes.bucket import GONE, ToldBucket, part

DATA = bytes(range(100))


def read(bucket: ToldBucket, *, start: int = 0, length: int | None = None) -> bytes:
    chunks = download(bucket, "a/k", key="k", start=start, length=length, broken=(ConnectionResetError,))
    return b"".join(chunks)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


def test_what_does_not_break_is_asked_for_once() -> None:
    bucket = ToldBucket([part(DATA)])
    assert read(bucket) == DATA
    assert bucket.asked == [("get_object", {"Key": "a/k"})]


def test_a_range_is_asked_for_as_such() -> None:
    bucket = ToldBucket([part(DATA[:50], start=40)])
    assert read(bucket, start=40, length=10) == DATA[40:50]
    assert bucket.asked[0][1]["Range"] == "bytes=40-49"


def test_the_rest_is_asked_for_of_the_same_object() -> None:
    bucket = ToldBucket([part(DATA, breaks_at=30), part(DATA, start=30, breaks_at=20), part(DATA, start=50)])
    assert read(bucket) == DATA
    assert [(asked.get("Range"), asked.get("IfMatch")) for _, asked in bucket.asked] == [
        (None, None),
        ("bytes=30-99", '"1"'),
        ("bytes=50-99", '"1"'),
    ]


def test_one_that_never_gets_on_is_unavailable() -> None:
    bucket = ToldBucket([part(DATA, breaks_at=10)] + [part(DATA, start=10, breaks_at=0) for _ in range(9)])
    with pytest.raises(StorageUnavailable) as error:
        read(bucket)
    assert (error.value.store, error.value.key) == ("cloud", "k")
    assert len(bucket.asked) < 10


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (Refusal(status=412, code="PreconditionFailed", message=""), "object_replaced"),
        (part(DATA[:60], start=30), "object_shortened"),
        (part(DATA), "no_ranges"),
    ],
)
def test_bytes_of_two_objects_are_never_put_together(second: object, code: str) -> None:
    bucket = ToldBucket([part(DATA, breaks_at=30), second])  # type: ignore[list-item]
    with pytest.raises(StorageError, match=code):
        read(bucket)


def test_an_object_that_is_not_there_and_one_without_such_bytes() -> None:
    with pytest.raises(ObjectMissing):
        read(ToldBucket([GONE]))
    with pytest.raises(ObjectMissing):
        read(ToldBucket([GONE]), length=0)
    assert read(ToldBucket([Refusal(status=416, code="InvalidRange", message="")]), start=200) == b""
    assert read(ToldBucket([part(DATA)]), length=0) == b""
