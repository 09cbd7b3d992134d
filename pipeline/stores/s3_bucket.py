"""What the S3 modules ask of a bucket, and what its refusals mean. The library itself is `s3`'s affair."""

from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.domain.messages import Message, message, told_by_program
from pipeline.errors import ObjectExists, StorageError, StorageFull, StorageRefused, StorageUnavailable
from pipeline.stores.kind import exists, missing

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
_CHANGED_ON_THE_WAY = {"BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"}
_DENIED = {
    "InvalidAccessKeyId": message("s3_access_key_unknown"),
    "SignatureDoesNotMatch": message("s3_secret_key_wrong"),
    "RequestTimeTooSkewed": message("s3_clocks_differ"),
    "ExpiredToken": message("s3_token_expired"),
}


_ALWAYS_GIVEN = {
    "get_object": {"ContentLength", "ETag"},
    "head_object": {"ContentLength", "ETag"},
    "put_object": {"ETag"},
    "list_objects_v2": {"IsTruncated"},
    "create_multipart_upload": {"UploadId"},
    "upload_part": {"ETag"},
    "complete_multipart_upload": {"ETag"},
}
"""Of an operation, what every S3 server answers and nothing else does."""


def of_s3(operation: str, answer: Answer, *, store: str) -> Answer:
    """The same answer, if an S3 server has given it. StorageUnavailable where it was something else, such as the page
    of a proxy that wants a login: that says nothing of what the store holds."""
    if _ALWAYS_GIVEN.get(operation, set()) <= answer.keys():
        return answer
    if "Body" in answer:
        answer["Body"].close()
    raise StorageUnavailable(message("no_s3_server", store=store), store=store)


def error_of(refusal: Refusal, *, store: str, key: str) -> StorageError:
    """The error that a refusal means."""
    status, code = refusal.status, refusal.code
    if status == 404 and code != "NoSuchBucket":
        return missing(store, key)
    kind, reason = _meaning(refusal)
    if kind is ObjectExists:
        return exists(store, key)
    answer = told_by_program(refusal)
    return kind(message("s3_refused", store=store, key=key, reason=reason, answer=answer), store=store, key=key)


def _meaning(refusal: Refusal) -> tuple[type[StorageError], Message]:
    """Which kind of error a refusal is, and what is wrong in words."""
    status, code = refusal.status, refusal.code
    if code == "NoSuchBucket":
        return StorageRefused, message("s3_no_bucket")
    if status == 507 or code in _FULL:
        return StorageFull, message("s3_full")
    if status in {409, 412}:
        return ObjectExists, message("s3_taken")
    if status >= 500 or status in {408, 429} or code in _NOT_NOW:
        return StorageUnavailable, message("s3_not_now")
    if status in {401, 403}:
        return StorageRefused, _DENIED.get(code, message("s3_no_rights"))
    if code in _CHANGED_ON_THE_WAY:
        return StorageUnavailable, message("s3_changed_on_the_way")
    return StorageError, message("s3_refuses")
