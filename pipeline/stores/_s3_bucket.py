"""What the S3 modules ask of a bucket, and what its refusals mean. The library itself is `s3`'s affair."""

from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.errors import ObjectExists, ObjectMissing, StorageError, StorageFull, StorageUnavailable

Answer = dict[str, Any]
"""An answer as the library gives it: its fields by name, as the S3 API has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The server's no: HTTP status, S3 error code (or the status, where the answer had no body), its words.

    `asked_again`: the first answer was lost and the library sent the request once more.
    """

    status: int
    code: str
    message: str
    asked_again: bool = False

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.status), self.code, self.message) if part and part != "None")


class Bucket(Protocol):
    """One bucket on one server."""

    @property
    def store(self) -> str:
        """Name of the store, for messages."""
        ...

    @property
    def digest(self) -> str:
        """`md5` or `sha256`: with what uploads are checked by the server."""
        ...

    def attempt(self, operation: str, **arguments: object) -> Answer | Refusal:
        """Calls an operation (`put_object`); a refusal is a value. StorageUnavailable where nobody answers."""
        ...

    def call(self, operation: str, *, key: str, **arguments: object) -> Answer:
        """Calls an operation on an object; a refusal is raised as `error_of` has it. `key` is the full key."""
        ...


_FULL = {"QuotaExceeded", "InsufficientStorage", "ServiceQuotaExceeded", "XMinioStorageFull"}
_NOT_NOW = {
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "RequestLimitExceeded",
}
_DENIED = {
    "InvalidAccessKeyId": "the server does not know the access key: correct access_key in the settings",
    "SignatureDoesNotMatch": "the secret key does not belong to the access key: correct secret_key in the settings",
    "RequestTimeTooSkewed": "this machine's clock and the server's differ too much: set the clock",
    "ExpiredToken": "the session's token has expired: get a new one",
}
_RIGHTS = "the server denies access: give this user the rights to list, read and write in the bucket"


def error_of(refusal: Refusal, *, store: str, key: str) -> StorageError:
    """The error that a refusal means."""
    where = f"{store}, {key}" if key else store
    status, code = refusal.status, refusal.code
    if code == "NoSuchBucket":
        return StorageError(f"{where}: there is no such bucket: create it, or correct the URL", store=store, key=key)
    if status == 507 or code in _FULL:
        return StorageFull(f"{where}: no room, or the quota is used up: {refusal}", store=store, key=key)
    if status == 404:
        return ObjectMissing(f"{store} does not hold {key}", store=store, key=key)
    if status in {409, 412}:
        return ObjectExists(f"{store} already holds {key}: {refusal}", store=store, key=key)
    if status >= 500 or status in {408, 429} or code in _NOT_NOW:
        return StorageUnavailable(f"{where}: the server cannot answer now: {refusal}", store=store, key=key)
    if status in {401, 403}:
        return StorageError(f"{where}: {_DENIED.get(code, _RIGHTS)}: {refusal}", store=store, key=key)
    return StorageError(f"{where}: the server refused: {refusal}", store=store, key=key)
