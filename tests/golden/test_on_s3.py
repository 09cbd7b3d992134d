"""A home with an S3 store that a released version wrote: its objects on a real server, in another bucket."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.makers.golden import versions
from tests.makers.golden_delivery import STORED, WAV
from tests.makers.golden_home import AUDITED, FACTS, GoldenHome, expected_states, files_below, listed, reasons, states
from tests.services.ceph import S3Service


@dataclass(frozen=True)
class OnS3:
    """The home, and the bucket with its objects."""

    home: GoldenHome
    client: Any
    bucket: str

    def objects(self) -> dict[str, bytes]:
        """Everything in the bucket, by key."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return {found["Key"]: self.read(found["Key"]) for page in pages for found in page["Contents"]}

    def read(self, key: str) -> bytes:
        """The bytes of one object."""
        content: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return content


@pytest.fixture(params=versions())
def golden(request: pytest.FixtureRequest, tmp_path: Path, s3_service: S3Service) -> Iterator[OnS3]:
    """The home of every released version, its objects loaded into a bucket of their own."""
    bucket = f"golden-{uuid.uuid4().hex}"
    home = GoldenHome.on_s3(request.param, tmp_path, s3_service, bucket)
    client = boto3.client(
        "s3",
        endpoint_url=s3_service.endpoint,
        aws_access_key_id=s3_service.access_key,
        aws_secret_access_key=s3_service.secret_key,
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=bucket)
    for path in (tmp_path / "bucket").rglob("*"):
        if path.is_file():
            key = path.relative_to(tmp_path / "bucket").as_posix()
            client.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
    yield OnS3(home, client, bucket)
    client.close()


def test_every_copy_is_sound_and_listed(golden: OnS3) -> None:
    terminal = golden.home.terminal
    rows = terminal.type("list", "--json").json
    assert listed(rows, *AUDITED) == listed(golden.home.told("list"), *AUDITED)

    done = terminal.type("audit", "--all", "--json")

    assert done.code == 0, done.out + done.err
    assert {(copy["package_id"], copy["store"], copy["result"]) for copy in done.json} == {
        (code, store, "ok") for code in STORED for store in ("first", "main")
    }


def test_the_bucket_alone_gives_the_register_and_the_originals(golden: OnS3, tmp_path: Path) -> None:
    terminal = golden.home.terminal
    for file in terminal.home.glob("register.db*"):
        file.unlink()

    done = terminal.type("rebuild", "--json")

    assert done.code == 0, done.out + done.err
    assert (done.json["packages"], done.json["copies"]) == (len(STORED), 2 * len(STORED))
    assert listed(terminal.type("list", "--json").json, *FACTS) == listed(golden.home.told("list"), *FACTS)
    golden.home.tar("first", WAV).unlink()  # so that the copy in the bucket is the one given out
    assert terminal.type("get", WAV, "--originals", "-o", tmp_path / "out").code == 0
    assert files_below(tmp_path / "out" / WAV) == golden.home.originals(WAV)


def test_the_same_delivery_changes_nothing(golden: OnS3) -> None:
    before = golden.objects(), golden.home.objects()

    done = golden.home.terminal.type("ingest", golden.home.elsewhere(golden.home.delivery), "--json")

    assert done.code == 1, done.out + done.err
    assert states(done.json) == expected_states()
    assert (golden.objects(), golden.home.objects()) == before
    held = golden.home.terminal.type("list", "--held", "--json").json
    now, then = reasons(held), reasons(golden.home.told("held"))
    assert now.keys() == then.keys()
    assert all(set(then[code]) <= set(now[code]) for code in then), "later checks may tell more, and nothing less"


def test_a_changed_byte_in_the_bucket_is_found(golden: OnS3) -> None:
    (key,) = (key for key in golden.objects() if key.endswith(f"{WAV}-v0001.tar"))
    raw = bytearray(golden.read(key))
    raw[raw.index(b"RIFF")] ^= 1
    golden.client.put_object(Bucket=golden.bucket, Key=key, Body=bytes(raw))

    done = golden.home.terminal.type("audit", "--all", "--json")

    assert done.code == 6, done.out + done.err
    bad = [(copy["package_id"], copy["store"], copy["result"]) for copy in done.json if copy["result"] != "ok"]
    assert bad == [(WAV, "main", "mismatch")]
