"""A store in an S3 bucket, `s3://bucket/prefix`: Ceph, a cloud, an appliance. Owner of boto3.

Written once: the key is looked at first, and the upload carries `If-None-Match: *`. Servers that ignore the latter
(see `probe`) do not keep apart two processes that store the same key at the same moment; the lock on the record in the
workspace does.
What was stored is not trusted here: the deposit reads it back.
"""

import io
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    SSLError,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)

from pipeline.domain.messages import message, told_by_program
from pipeline.errors import HouseError, ProfileError, StorageError, StorageRefused, StorageUnavailable
from pipeline.ports import Abilities, Store
from pipeline.stores._s3_probe import probe
from pipeline.stores.ahead import read_ahead
from pipeline.stores.kind import CHUNK, StoreKind, StoreSettings, checked_key, checked_range, exists, unreadable_source
from pipeline.stores.s3_bucket import Answer, Refusal, error_of, of_s3
from pipeline.stores.s3_upload import SINGLE_BYTES, FilePart, upload_large, upload_small

_BREAKS = 4
"""How many times in a row a download may break without a new byte before the store counts as unavailable."""
_ADDRESSING: dict[str, Literal["path", "virtual", "auto"]] = {"path": "path", "virtual": "virtual", "auto": "auto"}
_OWN = ".lantai-probe/"


class S3Bucket:
    """`_s3_bucket.Bucket` with boto3 behind it. Threads may share one."""

    def __init__(self, settings: StoreSettings) -> None:
        self.store, self.digest, self.name = settings.name, settings.checksums, settings.address.netloc
        # Since 1.36 boto3 adds checksums unasked, as a trailer that some servers store as part of the object: only
        # the digests that we name are sent.
        config = Config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "total_max_attempts": 4},
            connect_timeout=5,
            read_timeout=60,
            tcp_keepalive=True,
            s3={"addressing_style": _ADDRESSING[settings.addressing]},
        )
        try:
            self._client = boto3.Session().client(
                "s3",
                endpoint_url=settings.endpoint or None,
                region_name=settings.region or None,
                aws_access_key_id=settings.access_key or None,
                aws_secret_access_key=settings.secret_key or None,
                verify=settings.ca or None,
                config=config,
            )
            self.region = self._client.meta.region_name
        except (BotoCoreError, ValueError) as error:
            raise ProfileError(
                message("s3_settings_wrong", store=settings.name, reason=told_by_program(error))
            ) from error

    def attempt(self, operation: str, **arguments: object) -> Answer | Refusal:
        """See `Bucket.attempt`."""
        try:
            answer: Answer = getattr(self._client, operation)(Bucket=self.name, **arguments)
        except ClientError as error:
            answered = error.response.get("Error", {})
            about = error.response.get("ResponseMetadata", {})
            return Refusal(
                status=about.get("HTTPStatusCode", 0),
                code=answered.get("Code", ""),
                message=answered.get("Message") or "",
                asked_again=about.get("RetryAttempts", 0) > 0,
            )
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise StorageRefused(message("s3_no_credentials", store=self.store), store=self.store) from error
        except SSLError as error:
            said = message("s3_certificate", store=self.store, reason=told_by_program(error))
            raise StorageRefused(said, store=self.store) from error
        except (HTTPClientError, NoConnection) as error:
            said = message("s3_no_answer", store=self.store, reason=told_by_program(error))
            raise StorageUnavailable(said, store=self.store) from error
        except (BotoCoreError, OSError) as error:
            said = message("s3_operation_failed", store=self.store, operation=operation, reason=told_by_program(error))
            raise StorageError(said, store=self.store) from error
        return of_s3(operation, answer, store=self.store)

    def call(self, operation: str, *, key: str, **arguments: object) -> Answer:
        """See `Bucket.call`."""
        answer = self.attempt(operation, Key=key, **arguments)
        if isinstance(answer, Refusal):
            raise error_of(answer, store=self.store, key=key)
        return answer


class S3Store:
    """Objects below a prefix of one bucket."""

    def __init__(self, settings: StoreSettings) -> None:
        address = settings.address
        if not address.netloc:
            raise ProfileError(
                message("store_url_wrong", store=settings.name, url=settings.url, form="s3://BUCKET/PREFIX")
            )
        self._name, self._url = settings.name, settings.url
        self._prefix = f"{path}/" if (path := address.path.strip("/")) else ""
        self.bucket = S3Bucket(settings)

    @property
    def name(self) -> str:
        """Short name from the settings."""
        return self._name

    @property
    def url(self) -> str:
        """`s3://bucket/prefix`."""
        return self._url

    def put(self, key: str, source: Path) -> None:
        """See `Store.put`."""
        full = self._untaken(key)
        try:
            file = source.open("rb", buffering=0)
        except OSError as error:
            raise unreadable_source(source, error, store=self._name, key=key) from error
        with file:
            size = os.fstat(file.fileno()).st_size
            if size < SINGLE_BYTES:
                upload_small(self.bucket, full, FilePart(file.fileno(), 0, size))
            else:
                upload_large(self.bucket, full, file.fileno(), size)
        self._arrived(key, size)

    def put_bytes(self, key: str, data: bytes) -> None:
        """See `Store.put_bytes`."""
        upload_small(self.bucket, self._untaken(key), io.BytesIO(data))
        self._arrived(key, len(data))

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `Store.read`. Fetched ahead of the caller. A connection that breaks is taken up again where it broke."""
        checked_range(start, length)
        yield from read_ahead(self._stream(key, start, length))

    def _stream(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        full = self._full(key)
        answer = self._get(full, start, length)
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
            except (HTTPClientError, IncompleteReadError, NoConnection, OSError) as error:
                cause = error
            if start >= end:
                return
            breaks = breaks + 1 if start == before else 0
            if breaks > _BREAKS:
                said = message("connection_breaks", store=self._name, key=key, at=start, size=end)
                raise StorageUnavailable(said, store=self._name, key=key) from cause
            time.sleep(0.1 * 2**breaks)
            answer = self._get(full, start, end - start, IfMatch=etag)
            if answer is None or answer["ContentLength"] != end - start:
                said = message("object_shortened", store=self._name, key=key)
                raise StorageError(said, store=self._name, key=key)

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        full = self._full(key)
        answer = self.bucket.attempt("head_object", Key=full)
        if not isinstance(answer, Refusal):
            length: int = answer["ContentLength"]
            return length
        if answer.status != 404:
            raise error_of(answer, store=self._name, key=key)
        # a HEAD has no body to say whether it is the object or the whole bucket that is missing
        bucket = self.bucket.attempt("head_bucket")
        if isinstance(bucket, Refusal) and bucket.status == 404:
            raise error_of(Refusal(status=404, code="NoSuchBucket", message=""), store=self._name, key=key)
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Store.keys`. Keys that end in a slash are folders that some consoles make, not objects of ours."""
        arguments: dict[str, object] = {"Prefix": self._prefix + prefix}
        last = ""
        while True:
            answer = self.bucket.attempt("list_objects_v2", **arguments)
            if isinstance(answer, Refusal):
                raise error_of(answer, store=self._name, key=prefix)
            for entry in answer.get("Contents", ()):
                full: str = entry["Key"]
                if full <= last:
                    said = message("listed_out_of_order", store=self._name, key=full, after=last)
                    raise StorageError(said, store=self._name, key=full)
                last = full
                if not full.endswith("/") and not (key := full.removeprefix(self._prefix)).startswith("."):
                    yield key
            if not answer.get("IsTruncated"):
                return
            arguments["ContinuationToken"] = answer["NextContinuationToken"]

    def probe(self) -> Abilities:
        """See `Store.probe`."""
        return probe(self.bucket, f"{self._prefix}{_OWN}{secrets.token_hex(8)}/")

    def _full(self, key: str) -> str:
        checked_key(key, store=self._name)
        return self._prefix + key

    def _untaken(self, key: str) -> str:
        """The full key, if nothing is there; a missing bucket is noticed by the upload itself."""
        full = self._full(key)
        answer = self.bucket.attempt("head_object", Key=full)
        if not isinstance(answer, Refusal):
            raise exists(self._name, key)
        if answer.status != 404:
            raise error_of(answer, store=self._name, key=key)
        return full

    def _arrived(self, key: str, size: int) -> None:
        there = self.size(key)
        if there != size:
            said = message("server_loses_data", store=self._name, key=key, size=size, there=there or 0)
            raise StorageError(said, store=self._name, key=key)

    def _get(self, full: str, start: int, length: int | None, **more: object) -> Answer | None:
        """The answer to a read of a range, or None where the object has no such bytes. ObjectMissing, if it is not."""
        ranged = start > 0 or length is not None
        if length == 0:
            self.bucket.call("head_object", key=full)
            return None
        if ranged:
            more["Range"] = f"bytes={start}-{'' if length is None else start + length - 1}"
        answer = self.bucket.attempt("get_object", Key=full, **more)
        if isinstance(answer, Refusal):
            if answer.status == 416:
                return None
            if answer.status == 412:
                said = message("object_replaced", store=self._name, key=full)
                raise StorageError(said, store=self._name, key=full)
            raise error_of(answer, store=self._name, key=full)
        if ranged and not answer.get("ContentRange", "").startswith(f"bytes {start}-"):
            answer["Body"].close()
            said = message("no_ranges", store=self._name, key=full)
            raise StorageError(said, store=self._name, key=full)
        return answer


def ensure_bucket(store: Store, *, object_lock: bool = False) -> None:
    """Makes the store's bucket if it is not there, with Object Lock (and so versioning) where wanted: that cannot be
    added later on every server. A bucket that is there is left as it is."""
    if not isinstance(store, S3Store):
        raise HouseError(f"{store.name} ({store.url}) has no bucket")
    there = store.bucket.attempt("head_bucket")
    if not isinstance(there, Refusal):
        return
    if there.status != 404:
        raise error_of(there, store=store.name, key="")
    arguments: dict[str, object] = {"ObjectLockEnabledForBucket": True} if object_lock else {}
    if store.bucket.region not in {"", "us-east-1"}:
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": store.bucket.region}
    made = store.bucket.attempt("create_bucket", **arguments)
    if isinstance(made, Refusal) and made.code != "BucketAlreadyOwnedByYou":
        raise error_of(made, store=store.name, key="")


def _prepared(settings: StoreSettings) -> S3Store:
    store = S3Store(settings)
    ensure_bucket(store)
    return store


STORE = StoreKind(scheme="s3", open=S3Store, prepare=_prepared)
