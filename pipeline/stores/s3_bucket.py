"""What the S3 modules ask of a bucket, and what its refusals mean. The library itself is `s3`'s affair."""

from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.domain.wording import because
from pipeline.errors import ObjectExists, ObjectMissing, StorageError, StorageFull, StorageRefused, StorageUnavailable
from pipeline.stores.kind import LACKS

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
    "InvalidAccessKeyId": (
        "服务器不认识这个 access key，请改正 access_key",
        "the server does not know the access key: correct access_key in the settings",
    ),
    "SignatureDoesNotMatch": (
        "secret key 与 access key 不配，请改正 secret_key",
        "the secret key does not belong to the access key: correct secret_key in the settings",
    ),
    "RequestTimeTooSkewed": (
        "本机与服务器的时钟相差太大，请校准时钟",
        "this machine's clock and the server's differ too much: set the clock",
    ),
    "ExpiredToken": ("会话令牌已过期，请换新的", "the session's token has expired: get a new one"),
}
_RIGHTS = (
    "服务器拒绝访问，请给本用户列出、读取和写入该桶的权限",
    "the server denies access: give this user the rights to list, read and write in the bucket",
)


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
    raise StorageUnavailable(
        f"{store}：应答的不是 S3 服务器，可能是登录页或代理，请检查地址和网络 · "
        f"{store}: what answered is no S3 server, perhaps a login page or a proxy: check endpoint and network",
        store=store,
    )


def error_of(refusal: Refusal, *, store: str, key: str) -> StorageError:
    """The error that a refusal means."""
    where = f"{store}, {key}" if key else store
    status, code = refusal.status, refusal.code
    if code == "NoSuchBucket":
        missing = "没有这个桶，请建立，或改正地址 · there is no such bucket: create it, or correct the URL"
        return StorageRefused(because(where, where, missing), store=store, key=key)
    if status == 507 or code in _FULL:
        full = because(f"{where}：空间或配额已用完", f"{where}: no room, or the quota is used up", refusal)
        return StorageFull(full, store=store, key=key)
    if status == 404:
        return ObjectMissing(LACKS.format(store=store, key=key), store=store, key=key)
    if status in {409, 412}:
        return ObjectExists(
            because(f"{store} 中已有 {key}", f"{store} already holds {key}", refusal), store=store, key=key
        )
    if status >= 500 or status in {408, 429} or code in _NOT_NOW:
        later = because(f"{where}：服务器暂时不能应答", f"{where}: the server cannot answer now", refusal)
        return StorageUnavailable(later, store=store, key=key)
    if status in {401, 403}:
        zh, en = _DENIED.get(code, _RIGHTS)
        return StorageRefused(because(f"{where}：{zh}", f"{where}: {en}", refusal), store=store, key=key)
    if code in _CHANGED_ON_THE_WAY:
        zh, en = (
            "字节在传输中被改动，服务器未收下",
            "the bytes were changed on the way, and the server did not take them",
        )
        return StorageUnavailable(because(f"{where}：{zh}", f"{where}: {en}", refusal), store=store, key=key)
    refused = because(f"{where}：服务器拒绝了", f"{where}: the server refused", refusal)
    return StorageError(refused, store=store, key=key)
