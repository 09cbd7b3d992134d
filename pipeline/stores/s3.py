"""A store in an S3 bucket, `s3://bucket/prefix`: Ceph, a cloud, an appliance. Owner of boto3.

Written once: the key is looked at first, and the upload carries `If-None-Match: *`. Servers that ignore the latter
(see `probe`) do not keep apart two processes that store the same key at the same moment; the lock on the record in the
workspace does.
What was stored is not trusted here: the deposit reads it back.
"""

import io
import os
import secrets
from collections.abc import Iterator
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
from pipeline.ports import Abilities, ObjectInfo, Store
from pipeline.stores._s3_probe import probe
from pipeline.stores.ahead import read_ahead
from pipeline.stores.kind import StoreKind, StoreSettings, checked_key, checked_range, exists, unreadable_source
from pipeline.stores.s3_bucket import Answer, Refusal, error_of, of_s3
from pipeline.stores.s3_download import download
from pipeline.stores.s3_objects import info_of, read_identity, remove, versions, write_identity
from pipeline.stores.s3_upload import SINGLE_BYTES, FilePart, upload_large, upload_small

_BROKEN = (HTTPClientError, IncompleteReadError, NoConnection, OSError)
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
        self._endpoint = settings.endpoint.rstrip("/")
        self.bucket = S3Bucket(settings)

    @property
    def name(self) -> str:
        """Short name from the settings."""
        return self._name

    @property
    def url(self) -> str:
        """`s3://bucket/prefix`."""
        return self._url

    @property
    def place(self) -> str:
        """See `Placed.place`. Of a bucket reached by two addresses only the identity tells."""
        return f"s3:{self._endpoint}/{self.bucket.name}/{self._prefix}"

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
        full = self._full(key)
        yield from read_ahead(download(self.bucket, full, key=key, start=start, length=length, broken=_BROKEN))

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        info = self.stat(key)
        return None if info is None else info.size

    def stat(self, key: str) -> ObjectInfo | None:
        """See `Store.stat`."""
        answer = self.bucket.attempt("head_object", Key=self._full(key))
        if not isinstance(answer, Refusal):
            return info_of(key, answer["ContentLength"], answer)
        if answer.status != 404:
            raise error_of(answer, store=self._name, key=key)
        # a HEAD has no body to say whether it is the object or the whole bucket that is missing
        bucket = self.bucket.attempt("head_bucket")
        if isinstance(bucket, Refusal) and bucket.status == 404:
            raise error_of(Refusal(status=404, code="NoSuchBucket", message=""), store=self._name, key=key)
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Store.keys`."""
        return (info.key for info in self.objects(prefix))

    def objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Store.objects`. Keys that end in a slash are folders that some consoles make, not objects of ours."""
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
                    yield info_of(key, entry["Size"], entry)
            if not answer.get("IsTruncated"):
                return
            arguments["ContinuationToken"] = answer["NextContinuationToken"]

    def identity(self) -> str:
        """See `Store.identity`."""
        return read_identity(self.bucket, self._prefix)

    def identify(self) -> str:
        """See `Store.identify`."""
        return self.identity() or write_identity(self.bucket, self._prefix)

    def remove(self, key: str, *, version: str = "") -> None:
        """See `Removing.remove`."""
        remove(self.bucket, self._full(key), version=version)

    def versions(self, key: str) -> Iterator[ObjectInfo]:
        """See `Versioned.versions`."""
        return versions(self.bucket, self._full(key), key)

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
    store.identify()
    return store


STORE = StoreKind(scheme="s3", open=S3Store, prepare=_prepared, when_asked=True)
