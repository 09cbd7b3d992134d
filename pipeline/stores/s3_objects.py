"""What a bucket says of its objects: sizes and times, earlier versions, the store's identity; and how to remove one."""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from pipeline.errors import ObjectExists
from pipeline.ports import ObjectInfo
from pipeline.stores.identity import IDENTITY_KEY, identity_of, new_identity
from pipeline.stores.s3_bucket import Answer, Bucket, Refusal, error_of
from pipeline.stores.s3_upload import upload_small


def info_of(key: str, size: int, entry: Answer, *, removed: bool = False) -> ObjectInfo:
    """What an answer or an entry of a listing says of an object; `key` is the store's."""
    version: str = entry.get("VersionId", "")
    return ObjectInfo(key=key, size=size, modified=entry["LastModified"], version=version, removed=removed)


def versions(bucket: Bucket, full: str, key: str) -> Iterator[ObjectInfo]:
    """See `Versioned.versions`; `full` is the key in the bucket. A removal is a version, too."""
    arguments: dict[str, object] = {"Prefix": full}
    while True:
        answer = bucket.attempt("list_object_versions", **arguments)
        if isinstance(answer, Refusal):
            raise error_of(answer, store=bucket.store, key=key)
        listed = [(entry, False) for entry in answer.get("Versions", ())]
        listed += [(entry, True) for entry in answer.get("DeleteMarkers", ())]
        ours = [(entry, removed) for entry, removed in listed if entry["Key"] == full]
        for entry, removed in sorted(ours, key=_age, reverse=True):
            yield info_of(key, entry.get("Size", 0), entry, removed=removed)
        if not answer.get("IsTruncated"):
            return
        arguments |= {"KeyMarker": answer["NextKeyMarker"], "VersionIdMarker": answer["NextVersionIdMarker"]}


def _age(listed: tuple[Answer, bool]) -> tuple[bool, object]:
    """Newer is greater; of the same second the one that is there now."""
    return listed[0]["IsLatest"], listed[0]["LastModified"]


def remove(bucket: Bucket, full: str, *, version: str) -> None:
    """See `Removing.remove`. Asked for first: a server says "removed" of what never was."""
    which: dict[str, object] = {"VersionId": version} if version else {}
    bucket.call("head_object", key=full, **which)
    bucket.call("delete_object", key=full, **which)


def read_identity(bucket: Bucket, prefix: str) -> str:
    """See `Store.identity`; `prefix` is the store's in the bucket."""
    answer = bucket.attempt("get_object", Key=prefix + IDENTITY_KEY)
    if isinstance(answer, Refusal):
        if answer.status == 404 and answer.code != "NoSuchBucket":
            return ""
        raise error_of(answer, store=bucket.store, key=IDENTITY_KEY)
    data: bytes = answer["Body"].read()
    return identity_of(data, store=bucket.store)


def write_identity(bucket: Bucket, prefix: str) -> str:
    """Writes a new one where there is none, and gives back which is there then: another process may have been first."""
    with suppress(ObjectExists):
        upload_small(bucket, prefix + IDENTITY_KEY, BytesIO(new_identity()))
    return read_identity(bucket, prefix)
