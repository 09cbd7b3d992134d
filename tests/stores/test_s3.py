"""The store in a bucket, on a real server. How the wire breaks is made by `wire`."""

import hashlib
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.errors import (
    HouseError,
    ObjectExists,
    ObjectMissing,
    ProfileError,
    StorageError,
    StorageRefused,
    StorageUnavailable,
)
from pipeline.ports import Store, Versioned
from pipeline.stores import StoreSettings, memory, open_store, prepare_store
from pipeline.stores.s3 import S3Store, ensure_bucket
from pipeline.stores.s3_bucket import Refusal
from tests.contracts.store import KEY, StoreContract, content, file_of
from tests.services.ceph import S3Service
from tests.stores.wire import Wire

MIB = 2**20


def s3_settings(service: S3Service, bucket: str, **more: str) -> StoreSettings:
    """Settings of a store on the service."""
    return StoreSettings(
        name="cloud",
        url=f"s3://{bucket}",
        **{
            "endpoint": service.endpoint,
            "access_key": service.access_key,
            "secret_key": service.secret_key,
            "region": "us-east-1",
            **more,
        },
    )


def s3_store(settings: StoreSettings) -> S3Store:
    """The store, its bucket made."""
    store = prepare_store(settings)
    assert isinstance(store, S3Store)
    return store


@pytest.fixture(scope="module")
def bucket(s3_service: S3Service) -> str:
    """A bucket for the tests of this module."""
    name = f"test-{uuid.uuid4()}"
    s3_store(s3_settings(s3_service, name))
    return name


@pytest.fixture
def settings(s3_service: S3Service, bucket: str) -> StoreSettings:
    """Settings of a store that is empty for each test, under a prefix that wants quoting."""
    return s3_settings(s3_service, f"{bucket}/库 房 +{uuid.uuid4()}/二")


@pytest.fixture
def store(settings: StoreSettings) -> S3Store:
    """The store of these settings."""
    opened = open_store(settings)
    assert isinstance(opened, S3Store)
    return opened


@pytest.fixture
def wire(s3_service: S3Service) -> Iterator[Wire]:
    """A wire to the server."""
    with Wire(s3_service.endpoint) as between:
        yield between


def uploads(store: S3Store) -> list[str]:
    """Keys of unfinished uploads in the whole bucket."""
    answer = store.bucket.attempt("list_multipart_uploads")
    assert not isinstance(answer, Refusal)
    return [each["Key"] for each in answer.get("Uploads", ())]


class TestS3(StoreContract):
    """The contract."""


class TestS3WithSha256(StoreContract):
    """The contract, uploads checked by SHA-256 (as far as the server does)."""

    @pytest.fixture
    def store(self, settings: StoreSettings) -> Store:
        return open_store(replace(settings, checksums="sha256"))


# --- what the server makes of it ------------------------------------------------------------------------


def test_the_bytes_are_stored_without_anything_added(store: S3Store) -> None:
    """Some servers store the checksum trailer of newer S3 libraries as part of the object."""
    store.put_bytes(KEY, b"12345")
    answer = store.bucket.call("head_object", key=f"{store._prefix}{KEY}")
    assert answer["ContentLength"] == 5
    assert answer["ETag"] == f'"{hashlib.md5(b"12345").hexdigest()}"'
    assert "aws-chunked" not in answer.get("ContentEncoding", "")


def test_stores_in_one_bucket_do_not_see_each_other(settings: StoreSettings) -> None:
    one = s3_store(settings)
    other = s3_store(replace(settings, url=f"{settings.url}-2"))
    other.put_bytes("a", b"1")
    one.bucket.call("put_object", key=f"{one._prefix}folder/", Body=b"")
    assert list(one.keys()) == []
    assert list(other.keys()) == ["a"]
    assert one.size("a") is None


def test_what_an_unversioned_bucket_can_do(store: S3Store) -> None:
    abilities = store.probe()
    assert (abilities.versioning, abilities.object_lock) == (False, False)
    answer = store.bucket.attempt("list_objects_v2", Prefix=f"{store._prefix}.lantai-probe/")
    assert not isinstance(answer, Refusal)
    assert answer["KeyCount"] == 0
    assert uploads(store) == []
    assert any(note.code == "wrong_md5_refused" for note in abilities.notes)
    assert bool(abilities.conditional_writes) != any(note.code.startswith("once_ignored") for note in abilities.notes)


def test_what_a_locked_bucket_can_do(s3_service: S3Service) -> None:
    store = S3Store(s3_settings(s3_service, f"lock-{uuid.uuid4()}"))
    ensure_bucket(store, object_lock=True)
    rules: tuple[dict[str, object], ...] = ({}, {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}})
    for rule in rules:
        lock = {"ObjectLockEnabled": "Enabled", **rule}
        assert not isinstance(
            store.bucket.attempt("put_object_lock_configuration", ObjectLockConfiguration=lock), Refusal
        )
        abilities = store.probe()
        assert (abilities.versioning, abilities.object_lock) == (True, True)
        left = store.bucket.attempt("list_object_versions")
        assert not isinstance(left, Refusal)
        assert not left.get("Versions") and not left.get("DeleteMarkers")
    store.put_bytes("kept", b"1")
    assert content(store, "kept") == b"1"


def test_nothing_is_overwritten_in_a_versioned_bucket(s3_service: S3Service) -> None:
    """The gateway of Ceph 16 ignores `If-None-Match` in these."""
    store = S3Store(s3_settings(s3_service, f"lock-{uuid.uuid4()}"))
    ensure_bucket(store, object_lock=True)
    store.put_bytes("a", b"1")
    with pytest.raises(ObjectExists):
        store.put_bytes("a", b"2")
    assert content(store, "a") == b"1"


def test_a_versioned_bucket_tells_what_was_there_before(s3_service: S3Service) -> None:
    store = S3Store(s3_settings(s3_service, f"lock-{uuid.uuid4()}/below"))
    ensure_bucket(store, object_lock=True)
    assert isinstance(store, Versioned)
    assert list(store.versions("a")) == []
    store.put_bytes("a", b"first")
    store.put_bytes("a.b", b"another's")
    store.remove("a")
    assert store.size("a") is None
    assert list(store.keys()) == ["a.b"]
    with pytest.raises(ObjectMissing):
        store.remove("a")
    store.put_bytes("a", b"2")
    told = list(store.versions("a"))
    assert [(info.size, info.removed) for info in told] == [(1, False), (0, True), (5, False)]
    assert len({info.version for info in told}) == 3
    store.remove("a", version=told[0].version)
    assert [info.version for info in store.versions("a")] == [info.version for info in told[1:]]


def test_without_versioning_there_is_what_is_there(store: S3Store) -> None:
    store.put_bytes("a", b"1")
    assert [(info.key, info.size, info.removed) for info in store.versions("a")] == [("a", 1, False)]


# --- wrong settings -------------------------------------------------------------------------------------


def test_a_bucket_that_is_not_there(s3_service: S3Service, tmp_path: Path) -> None:
    store = S3Store(s3_settings(s3_service, f"none-{uuid.uuid4()}"))
    (tmp_path / "source").write_text("1")
    for act in (
        lambda: store.put("a", tmp_path / "source"),
        lambda: store.put_bytes("a", b"1"),
        lambda: content(store, "a"),
        lambda: store.size("a"),
        lambda: list(store.keys()),
    ):
        with pytest.raises(StorageError, match="s3_no_bucket") as error:
            act()
        assert not isinstance(error.value, ObjectMissing)
    abilities = store.probe()
    assert (abilities.versioning, abilities.conditional_writes) == (None, None)
    assert any("s3_no_bucket" in str(note) for note in abilities.notes)
    ensure_bucket(store)
    ensure_bucket(store)
    store.put_bytes("a", b"1")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"access_key": "NOBODY"}, "s3_access_key_unknown|s3_no_rights"),
        ({"secret_key": "wrong-secret"}, "s3_secret_key_wrong|s3_no_rights"),
    ],
)
def test_wrong_credentials(settings: StoreSettings, wrong: dict[str, str], said: str) -> None:
    store = open_store(replace(settings, **wrong))
    for act in (lambda: store.put_bytes("a", b"1"), lambda: store.size("a"), lambda: list(store.keys())):
        with pytest.raises(StorageError, match=said) as error:
            act()
        assert type(error.value) is StorageRefused
        assert "wrong-secret" not in str(error.value)
    assert store.probe().versioning is None


def test_wrong_urls_and_endpoints() -> None:
    for url, endpoint in (("s3://", ""), ("s3:///prefix", ""), ("s3://bucket", "not a host")):
        with pytest.raises(ProfileError, match="cloud"):
            open_store(StoreSettings(name="cloud", url=url, endpoint=endpoint, region="us-east-1"))


def test_a_bucket_is_only_for_s3() -> None:
    with pytest.raises(HouseError):
        ensure_bucket(memory.MemoryStore(StoreSettings(name="m", url=f"memory://{uuid.uuid4()}")))


# --- the network ----------------------------------------------------------------------------------------


def test_a_page_that_wants_a_login_is_no_answer_of_the_store(settings: StoreSettings, tmp_path: Path) -> None:
    (tmp_path / "source").write_text("1")

    class Page(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Length", "13")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(b"<html></html>")

        do_GET = do_HEAD = do_PUT = do_POST = answer

        def log_message(self, *_: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            store = open_store(replace(settings, endpoint=f"http://127.0.0.1:{server.server_port}"))
            for act in (
                lambda: store.put("a", tmp_path / "source"),
                lambda: store.put_bytes("a", b"1"),
                lambda: content(store, "a"),
                lambda: store.size("a"),
                lambda: list(store.keys()),
            ):
                with pytest.raises(StorageUnavailable, match="no_s3_server"):
                    act()
        finally:
            server.shutdown()
            thread.join()


def test_nobody_answers(settings: StoreSettings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store = open_store(replace(settings, endpoint=f"http://127.0.0.1:{port}"))
    with pytest.raises(StorageUnavailable) as error:
        store.put_bytes("a", b"1")
    assert error.value.retryable
    with pytest.raises(StorageUnavailable):
        content(store, "a")


def test_a_download_goes_on_where_it_broke(store: S3Store, settings: StoreSettings, wire: Wire, tmp_path: Path) -> None:
    digest = file_of(tmp_path / "source", 9 * MIB + 1)
    store.put(KEY, tmp_path / "source")
    far = open_store(replace(settings, endpoint=wire.endpoint))
    wire.cut_after, wire.cuts = 2 * MIB, 3
    data = content(far, KEY)
    assert wire.broken == 3
    assert hashlib.sha256(data).hexdigest() == digest
    wire.cut_after, wire.cuts = MIB, 2
    assert content(far, KEY, start=5, length=4 * MIB) == data[5 : 5 + 4 * MIB]
    assert wire.broken == 5


def test_a_download_that_never_gets_on(store: S3Store, settings: StoreSettings, wire: Wire, tmp_path: Path) -> None:
    file_of(tmp_path / "source", 2 * MIB)
    store.put(KEY, tmp_path / "source")
    wire.cut_after, wire.cuts = 700, 10**6  # the answer's head, and a few bytes
    with pytest.raises(StorageUnavailable):
        content(open_store(replace(settings, endpoint=wire.endpoint)), KEY)


def test_an_object_replaced_while_it_is_read(store: S3Store, settings: StoreSettings, wire: Wire) -> None:
    key = f"{store._prefix}{KEY}"
    store.bucket.call("put_object", key=key, Body=b"1" * 4 * MIB)
    wire.cut_after, wire.cuts = MIB, 1
    chunks = open_store(replace(settings, endpoint=wire.endpoint)).read(KEY)
    next(chunks)
    store.bucket.call("put_object", key=key, Body=b"2" * 4 * MIB)
    with pytest.raises(StorageError, match="object_replaced"):
        list(chunks)


def test_the_answer_to_an_upload_is_lost(store: S3Store, settings: StoreSettings, wire: Wire) -> None:
    far = open_store(replace(settings, endpoint=wire.endpoint))
    wire.lose_answer_to, wire.loses = b"PUT ", 1
    far.put_bytes(KEY, b"12345")
    assert wire.broken == 1
    assert content(store, KEY) == b"12345"


# --- killed ---------------------------------------------------------------------------------------------

PUT = """
import sys
from pathlib import Path
from pipeline.stores import StoreSettings, open_store
name, url, endpoint, access, secret, source = sys.argv[1:]
store = open_store(StoreSettings(name=name, url=url, endpoint=endpoint, access_key=access, secret_key=secret,
                                 region="us-east-1"))
store.put("a/file", Path(source))
"""


def test_killed_while_uploading(store: S3Store, settings: StoreSettings, tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as file:
        file.truncate(2**34)
    arguments = [settings.name, settings.url, settings.endpoint, settings.access_key, settings.secret_key, str(source)]
    writer = subprocess.Popen([sys.executable, "-c", PUT, *arguments])
    try:
        deadline = time.monotonic() + 60
        while not _parts_sent(store):
            assert time.monotonic() < deadline and writer.poll() is None
            time.sleep(0.05)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert store.size("a/file") is None
    assert list(store.keys()) == []
    assert uploads(store) == [f"{store._prefix}a/file"]

    digest = file_of(tmp_path / "whole", 65 * MIB)
    store.put("a/file", tmp_path / "whole")
    assert hashlib.sha256(content(store, "a/file")).hexdigest() == digest
    assert uploads(store) == []


def _parts_sent(store: S3Store) -> bool:
    answer = store.bucket.attempt("list_multipart_uploads", Prefix=store._prefix)
    assert not isinstance(answer, Refusal)
    for each in answer.get("Uploads", ()):
        parts = store.bucket.attempt("list_parts", Key=each["Key"], UploadId=each["UploadId"])
        if not isinstance(parts, Refusal) and parts.get("Parts"):
            return True
    return False


def test_a_failed_upload_leaves_nothing(store: S3Store, settings: StoreSettings, wire: Wire, tmp_path: Path) -> None:
    file_of(tmp_path / "source", 70 * MIB)
    far = S3Store(replace(settings, endpoint=wire.endpoint))
    wire.lose_answer_to, wire.loses = b"PUT ", 10**6
    with pytest.raises(StorageUnavailable):
        far.put(KEY, tmp_path / "source")
    assert store.size(KEY) is None
    assert uploads(store) == []
