"""Uploads: one request for a small file, parts in parallel for a large one. Memory stays flat: bodies are read from
the file while they are sent. Every body goes with its digest, so that the server refuses what the network changed.
"""

import base64
import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from pipeline.domain.messages import message
from pipeline.errors import StorageError, StorageUnavailable
from pipeline.stores.kind import CHUNK, exists
from pipeline.stores.s3_bucket import Answer, Bucket, Refusal, error_of

SINGLE_BYTES = 64 * 2**20
"""A file shorter than this goes in one request."""

_PART_BYTES = 16 * 2**20
_MAX_PARTS = 10_000
_THREADS = 4
_MIB = 2**20


class FilePart(io.RawIOBase):
    """A stretch of an open file as a body: seekable, because signing, digesting and trying again read it anew."""

    def __init__(self, fd: int, offset: int, length: int) -> None:
        super().__init__()
        self._fd, self._offset, self._length, self._position = fd, offset, length, 0

    def __len__(self) -> int:
        return self._length

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Within the stretch."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Position within the stretch."""
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` bytes; StorageError where the file has become shorter."""
        left = self._length - self._position
        wanted = left if size is None or size < 0 else min(size, left)
        data = os.pread(self._fd, wanted, self._offset + self._position) if wanted > 0 else b""
        if wanted > 0 and not data:
            raise StorageError(message("source_shortened"))
        self._position += len(data)
        return data


def digest_argument(body: FilePart | io.BytesIO, digest: str) -> dict[str, str]:
    """The argument that tells the server the body's digest; the body stands at its start afterwards."""
    running = hashlib.sha256() if digest == "sha256" else hashlib.md5(usedforsecurity=False)
    while data := body.read(CHUNK):
        running.update(data)
    body.seek(0)
    value = base64.b64encode(running.digest()).decode()
    return {"ChecksumSHA256": value} if digest == "sha256" else {"ContentMD5": value}


def upload_small(bucket: Bucket, key: str, body: FilePart | io.BytesIO) -> None:
    """In one request. Raises ObjectExists where the key is taken and the server knows `If-None-Match`."""
    digest = digest_argument(body, bucket.digest)
    answer = bucket.attempt("put_object", Key=key, Body=body, IfNoneMatch="*", **digest)
    if not isinstance(answer, Refusal) or _was_stored_before(answer, bucket, key, digest):
        return
    raise error_of(answer, store=bucket.store, key=key)


def _was_stored_before(refusal: Refusal, bucket: Bucket, key: str, digest: dict[str, str]) -> bool:
    """Whether it was our own first request, its answer lost, that took the key. Told by the ETag, which is the MD5 on
    most servers; where it is not, the key counts as taken, and whoever asked has to compare the bytes."""
    if refusal.status != 412 or not refusal.asked_again or "ContentMD5" not in digest:
        return False
    there = bucket.attempt("head_object", Key=key)
    return not isinstance(there, Refusal) and there["ETag"].strip('"') == base64.b64decode(digest["ContentMD5"]).hex()


def upload_large(bucket: Bucket, key: str, fd: int, size: int) -> None:
    """In parts. What an earlier, killed upload of the same key left is removed first; so no two may upload one key."""
    abort_leftovers(bucket, key)
    more = {"ChecksumAlgorithm": "SHA256"} if bucket.digest == "sha256" else {}
    upload = bucket.call("create_multipart_upload", key=key, **more)["UploadId"]
    try:
        parts = _send_parts(bucket, key, upload, fd, size)
        if not isinstance(bucket.attempt("head_object", Key=key), Refusal):
            raise exists(bucket.store, key)
        _complete(bucket, key, upload, parts, size)
    except BaseException:
        # the first error is the one to tell; what cannot be removed now is removed by the next upload of this key
        with suppress(StorageUnavailable):
            bucket.attempt("abort_multipart_upload", Key=key, UploadId=upload)
        raise


def abort_leftovers(bucket: Bucket, key: str) -> None:
    """Aborts unfinished uploads of a key. A server or user that may not list them costs room, not soundness."""
    arguments: dict[str, object] = {"Prefix": key}
    while True:
        answer = bucket.attempt("list_multipart_uploads", **arguments)
        if isinstance(answer, Refusal):
            if answer.status in {403, 405, 501}:
                return
            raise error_of(answer, store=bucket.store, key=key)
        for upload in answer.get("Uploads", ()):
            if upload["Key"] == key:
                bucket.attempt("abort_multipart_upload", Key=key, UploadId=upload["UploadId"])
        if not answer.get("IsTruncated"):
            return
        arguments |= {"KeyMarker": answer["NextKeyMarker"], "UploadIdMarker": answer["NextUploadIdMarker"]}


def _send_parts(bucket: Bucket, key: str, upload: str, fd: int, size: int) -> list[Answer]:
    def send(number: int, offset: int, length: int) -> Answer:
        body = FilePart(fd, offset, length)
        digest = digest_argument(body, bucket.digest)
        answer = bucket.call(
            "upload_part",
            key=key,
            UploadId=upload,
            PartNumber=number,
            Body=body,
            **digest,
        )
        kept = {"ChecksumSHA256": digest["ChecksumSHA256"]} if "ChecksumSHA256" in digest else {}
        return {"PartNumber": number, "ETag": answer["ETag"], **kept}

    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="upload")
    try:
        running = [pool.submit(send, *stretch) for stretch in stretches(size)]
        return [each.result() for each in running]
    finally:
        pool.shutdown(cancel_futures=True)


def stretches(size: int) -> Iterator[tuple[int, int, int]]:
    """(part number from 1, offset, length) over `size` bytes: at most 10,000 parts, S3's limit."""
    length = max(_PART_BYTES, -(-size // (_MAX_PARTS * _MIB)) * _MIB)
    for number, offset in enumerate(range(0, size, length), start=1):
        yield number, offset, min(length, size - offset)


def _complete(bucket: Bucket, key: str, upload: str, parts: list[Answer], size: int) -> None:
    answer = bucket.attempt(
        "complete_multipart_upload",
        Key=key,
        UploadId=upload,
        IfNoneMatch="*",
        MultipartUpload={"Parts": parts},
    )
    if not isinstance(answer, Refusal):
        return
    if answer.code == "NoSuchUpload":
        # the first request was done, its answer was lost, and the library asked again; or another aborted it
        there = bucket.attempt("head_object", Key=key)
        if not isinstance(there, Refusal) and there["ContentLength"] == size:
            return
        raise StorageError(message("upload_ended", store=bucket.store, key=key), store=bucket.store, key=key)
    raise error_of(answer, store=bucket.store, key=key)
