"""What a bucket says of its objects."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import ObjectMissing, StorageError, StorageRefused
from pipeline.stores.identity import identity_of, new_identity
from pipeline.stores.s3_bucket import Answer, Refusal
from pipeline.stores.s3_objects import info_of, read_identity, remove, versions, write_identity
from tests.fakes.bucket import GONE, ToldBucket

AT = datetime(2026, 1, 1, tzinfo=UTC)
DENIED = Refusal(status=403, code="AccessDenied", message="")


def entry(key: str, days: int, *, version: str, latest: bool = False) -> Answer:
    return {"Key": key, "LastModified": AT + timedelta(days=days), "VersionId": version, "IsLatest": latest, "Size": 5}


def test_an_object_as_it_is_listed() -> None:
    info = info_of("k", 7, {"LastModified": AT})
    assert (info.key, info.size, info.modified, info.version, info.removed) == ("k", 7, AT, "", False)


def test_versions_newest_first_from_all_pages_and_of_this_key_alone() -> None:
    pages: list[Answer] = [
        {
            "Versions": [entry("a/k", 1, version="1"), entry("a/k.tar", 9, version="x")],
            "DeleteMarkers": [entry("a/k", 2, version="2", latest=True)],
            "IsTruncated": True,
            "NextKeyMarker": "a/k",
            "NextVersionIdMarker": "1",
        },
        {"Versions": [entry("a/k", 0, version="0")], "IsTruncated": False},
    ]
    bucket = ToldBucket(pages)
    found = list(versions(bucket, "a/k", "k"))
    assert [(each.key, each.version, each.removed) for each in found] == [
        ("k", "2", True),
        ("k", "1", False),
        ("k", "0", False),
    ]
    assert bucket.asked[1][1] == {"Prefix": "a/k", "KeyMarker": "a/k", "VersionIdMarker": "1"}


def test_of_the_same_second_what_is_there_now_comes_first() -> None:
    same = [entry("k", 0, version="old"), entry("k", 0, version="new", latest=True)]
    bucket = ToldBucket([{"Versions": same, "IsTruncated": False}])
    assert [each.version for each in versions(bucket, "k", "k")] == ["new", "old"]


def test_versions_that_may_not_be_listed_are_not_called_none() -> None:
    with pytest.raises(StorageRefused):
        list(versions(ToldBucket([DENIED]), "k", "k"))


def test_what_never_was_is_not_removed() -> None:
    bucket = ToldBucket([GONE])
    with pytest.raises(ObjectMissing):
        remove(bucket, "k", version="")
    assert bucket.operations == ["head_object"]


@pytest.mark.parametrize(("version", "named"), [("", {}), ("7", {"VersionId": "7"})])
def test_the_version_that_is_named_is_removed(version: str, named: dict[str, str]) -> None:
    bucket = ToldBucket([{}, {}])
    remove(bucket, "k", version=version)
    assert bucket.asked[1] == ("delete_object", {"Key": "k", **named})


def test_a_store_without_identity_has_none_and_nothing_is_written() -> None:
    bucket = ToldBucket([GONE])
    assert read_identity(bucket, "a/") == ""
    assert bucket.operations == ["get_object"]


@pytest.mark.parametrize("refusal", [DENIED, Refusal(status=404, code="NoSuchBucket", message="")])
def test_what_cannot_be_read_is_not_none(refusal: Refusal) -> None:
    with pytest.raises(StorageRefused):
        read_identity(ToldBucket([refusal]), "a/")


def test_an_identity_that_is_none_of_ours() -> None:
    with pytest.raises(StorageError, match="store_identity_garbled"):
        read_identity(ToldBucket([{"Body": io.BytesIO(b"hello")}]), "a/")


def test_whoever_was_first_has_named_the_store() -> None:
    theirs = new_identity()
    taken = Refusal(status=412, code="PreconditionFailed", message="")
    bucket = ToldBucket([taken, {"Body": io.BytesIO(theirs)}])
    assert write_identity(bucket, "a/") == identity_of(theirs, store="cloud")
    assert bucket.operations == ["put_object", "get_object"]
    assert bucket.asked[0][1]["IfNoneMatch"] == "*"
