"""Downloads: a range of an object as a stream, taken up again where the connection breaks."""

import time
from collections.abc import Iterator
from contextlib import closing

from pipeline.domain.messages import message
from pipeline.errors import StorageError, StorageUnavailable
from pipeline.stores.kind import CHUNK
from pipeline.stores.s3_bucket import Answer, Bucket, Refusal, error_of

_BREAKS = 4
"""How many times in a row a download may break without a new byte before the store counts as unavailable."""

Broken = tuple[type[Exception], ...]


def download(bucket: Bucket, full: str, *, key: str, start: int, length: int | None, broken: Broken) -> Iterator[bytes]:
    """See `Store.read`. `full` is the key in the bucket, `key` the store's; `broken` are the errors of a connection
    that breaks."""
    answer = _get(bucket, full, start, length)
    if answer is None:
        return
    end, etag, breaks = start + answer["ContentLength"], answer["ETag"], 0
    while True:
        before, cause = start, None
        try:
            with closing(answer["Body"]) as body:
                while start < end and (chunk := body.read(min(CHUNK, end - start))):
                    start += len(chunk)
                    yield chunk
        except broken as error:
            cause = error
        if start >= end:
            return
        breaks = breaks + 1 if start == before else 0
        if breaks > _BREAKS:
            said = message("connection_breaks", store=bucket.store, key=key, at=start, size=end)
            raise StorageUnavailable(said, store=bucket.store, key=key) from cause
        time.sleep(0.1 * 2**breaks)
        answer = _get(bucket, full, start, end - start, IfMatch=etag)
        if answer is None or answer["ContentLength"] != end - start:
            said = message("object_shortened", store=bucket.store, key=key)
            raise StorageError(said, store=bucket.store, key=key)


def _get(bucket: Bucket, full: str, start: int, length: int | None, **more: object) -> Answer | None:
    """The answer to a read of a range, or None where the object has no such bytes. ObjectMissing, if it is not."""
    ranged = start > 0 or length is not None
    if length == 0:
        bucket.call("head_object", key=full)
        return None
    if ranged:
        more["Range"] = f"bytes={start}-{'' if length is None else start + length - 1}"
    answer = bucket.attempt("get_object", Key=full, **more)
    if isinstance(answer, Refusal):
        if answer.status == 416:
            return None
        if answer.status == 412:
            said = message("object_replaced", store=bucket.store, key=full)
            raise StorageError(said, store=bucket.store, key=full)
        raise error_of(answer, store=bucket.store, key=full)
    if ranged and not answer.get("ContentRange", "").startswith(f"bytes {start}-"):
        answer["Body"].close()
        said = message("no_ranges", store=bucket.store, key=full)
        raise StorageError(said, store=bucket.store, key=full)
    return answer
