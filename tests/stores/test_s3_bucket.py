"""What a bucket's answers mean. No server is needed to read them."""

import io

import pytest

from pipeline.errors import (
    ObjectExists,
    ObjectMissing,
    StorageError,
    StorageFull,
    StorageRefused,
    StorageUnavailable,
)
from pipeline.stores.s3_bucket import Refusal, error_of, of_s3


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "NoSuchKey", ObjectMissing),
        (412, "PreconditionFailed", ObjectExists),
        (409, "ConditionalRequestConflict", ObjectExists),
        (403, "QuotaExceeded", StorageFull),
        (507, "", StorageFull),
        (500, "InternalError", StorageUnavailable),
        (503, "SlowDown", StorageUnavailable),
        (429, "", StorageUnavailable),
        (400, "RequestTimeout", StorageUnavailable),
        (403, "AccessDenied", StorageRefused),
        (403, "RequestTimeTooSkewed", StorageRefused),
        (404, "NoSuchBucket", StorageRefused),
        (400, "BadDigest", StorageUnavailable),
        (400, "XAmzContentSHA256Mismatch", StorageUnavailable),
        (400, "InvalidRequest", StorageError),
    ],
)
def test_what_a_refusal_means(status: int, code: str, kind: type[StorageError]) -> None:
    error = error_of(Refusal(status=status, code=code, message="words"), store="cloud", key="k")
    assert type(error) is kind
    assert (error.store, error.key) == ("cloud", "k")


def test_what_may_pass_is_tried_again_and_nothing_else() -> None:
    retryable = {
        code
        for status, code in ((503, "SlowDown"), (400, "BadDigest"), (403, "AccessDenied"), (507, ""), (400, "Invalid"))
        if error_of(Refusal(status=status, code=code, message=""), store="cloud", key="").retryable
    }
    assert retryable == {"SlowDown", "BadDigest"}


def test_a_refusal_without_a_body_says_what_there_is() -> None:
    assert str(Refusal(status=403, code="", message="None")) == "403"
    assert str(Refusal(status=403, code="AccessDenied", message="no")) == "403 AccessDenied no"


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("head_object", {"ContentLength": 1, "ETag": "x", "More": 1}),
        ("list_objects_v2", {"IsTruncated": False}),
        ("delete_object", {}),
    ],
)
def test_an_answer_of_a_server_is_given_on(operation: str, answer: dict[str, object]) -> None:
    assert of_s3(operation, answer, store="cloud") is answer


@pytest.mark.parametrize("operation", ["head_object", "put_object", "list_objects_v2", "upload_part"])
def test_an_answer_without_what_every_server_gives_is_none(operation: str) -> None:
    with pytest.raises(StorageUnavailable) as error:
        of_s3(operation, {"ContentLength": 13}, store="cloud")
    assert error.value.store == "cloud"


def test_the_page_of_a_proxy_is_closed() -> None:
    page = io.BytesIO(b"<html>")
    with pytest.raises(StorageUnavailable):
        of_s3("get_object", {"Body": page}, store="cloud")
    assert page.closed
