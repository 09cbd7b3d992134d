"""The demonstration and the faulty delivery, typed from receipt to audit, on a folder and on a real S3 server."""

import subprocess
import sys
import tarfile
import uuid
from pathlib import Path

import boto3
import pytest

from tests.makers.faulty_delivery import FAULTS, GOOD_RECORDS, NOT_UTF8_NAME, faulty_code, faulty_delivery
from tests.makers.terminal import Terminal
from tests.services.ceph import S3Service

DEMO = Path(__file__).resolve().parents[1] / "fixtures" / "deliveries" / "demo"
WARNED_ONLY = {faulty_code(10)}
"""Planted faults that do not hold their record."""


@pytest.fixture(params=["file", pytest.param("s3", marks=pytest.mark.server)])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Terminal:
    home = tmp_path / "home"
    if request.param == "file":
        return Terminal(home).made()
    service: S3Service = request.getfixturevalue("s3_service")
    return s3_desk(home, service).made(f"main=s3://terminal-{uuid.uuid4().hex}/档案", "--make-buckets")


def s3_desk(home: Path, service: S3Service) -> Terminal:
    """A terminal that has the keys of the store `main`."""
    return Terminal(
        home,
        (
            ("LANTAI_STORE_MAIN_ENDPOINT", service.endpoint),
            ("LANTAI_STORE_MAIN_ACCESS_KEY", service.access_key),
            ("LANTAI_STORE_MAIN_SECRET_KEY", service.secret_key),
        ),
    )


def planted_codes(desk_output: dict[str, list[dict[str, str]]]) -> set[tuple[str, str]]:
    return {(text["code"], text["record"] or text["subject"]) for text in desk_output["texts"]}


def test_demonstration_is_small() -> None:
    assert sum(file.stat().st_size for file in DEMO.rglob("*") if file.is_file()) < 8_000_000


def test_demonstration_is_stored_and_sound(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.type("ingest", DEMO, "--json")

    assert done.code == 0, done.out + done.err
    report = done.json["report"]
    assert len(report["outcomes"]) == 10
    assert {o["state"] for o in report["outcomes"]} == {"stored"}
    assert terminal.type("audit", "--all").code == 0
    out = tmp_path / "out"
    for outcome in report["outcomes"]:
        taken = terminal.type("get", outcome["package_id"], "-o", out)
        assert taken.code == 0, taken.err
    bags = sorted(out.iterdir())
    assert len(bags) == 10
    for bag in bags:
        # The names of the demonstration have nothing that bagit-python is known to get wrong.
        judged = subprocess.run(
            [sys.executable, Path(sys.executable).parent / "bagit.py", "--validate", bag],
            capture_output=True,
            check=False,
        )
        assert judged.returncode == 0, judged.stderr.decode()
        assert terminal.type("verify", bag).code == 0

    again = terminal.type("ingest", DEMO, "--json")
    assert again.code == 0
    assert {o["state"] for o in again.json["report"]["outcomes"]} == {"unchanged"}


def test_every_planted_fault_is_told_and_the_good_records_are_stored(terminal: Terminal, tmp_path: Path) -> None:
    delivery = faulty_delivery(tmp_path / "delivery")

    done = terminal.type("ingest", delivery, "--json")

    assert done.code == 1, done.out + done.err
    texts = done.json["texts"]
    for fault in FAULTS:
        told = [
            t
            for t in texts
            if (t["code"] == fault.code and fault.subject in (t["record"], t["subject"], t["subject"].split("/")[0]))
            or (t["code"] == fault.code and fault.path and fault.path.split("/")[-1] in t["subject"])
        ]
        assert told, f"{fault} is not among {sorted({t['code'] for t in texts})}"
        assert all(t["zh"] and t["en"] and t["zh"] != t["en"] for t in told)
    stored = {o["package_id"] for o in done.json["report"]["outcomes"] if o["state"] == "stored"}
    assert stored == set(GOOD_RECORDS) | WARNED_ONLY
    assert "340000190001010023" not in done.out + done.err
    assert terminal.type("audit", "--all").code == 0


def test_the_report_for_people_is_in_both_languages(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home").made()
    delivery = faulty_delivery(tmp_path / "delivery")

    done = terminal.type("ingest", delivery)

    assert done.code == 1
    for fault in FAULTS:
        assert f"({fault.code})" in done.out
    assert "[错误]" in done.out
    assert "[error]" in done.out
    assert "Traceback" not in done.err
    held = terminal.type("list", "--held", "--lang", "zh")
    assert held.code == 0
    assert faulty_code(4) in held.out


def test_mending_and_running_again_takes_up_just_those(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home").made()
    delivery = faulty_delivery(tmp_path / "delivery")
    first = terminal.type("ingest", delivery, "--json").json["report"]["outcomes"]
    delivery.rename(tmp_path / "faulty")
    faulty_delivery(delivery, mended=True)

    done = terminal.type("ingest", delivery, "--json")

    assert done.code == 0, done.out
    before = {o["package_id"] for o in first if o["state"] == "stored"}
    states = {o["package_id"]: o["state"] for o in done.json["report"]["outcomes"]}
    assert {p for p, state in states.items() if state == "unchanged"} == before
    assert {p for p, state in states.items() if state == "stored"} == set(states) - before
    assert terminal.type("list", "--held", "--json").json == []


def test_the_name_that_is_not_utf8_is_given_back_exactly(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home").made()
    terminal.type("ingest", faulty_delivery(tmp_path / "delivery"))

    taken = terminal.type("get", faulty_code(10), "--originals", "-o", tmp_path / "out")

    assert taken.code == 0, taken.err
    assert NOT_UTF8_NAME in {bytes(p.name.encode("utf-8", "surrogateescape")) for p in (tmp_path / "out").rglob("*")}


def test_one_flipped_byte_is_named_and_all_else_is_sound(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home").made(f"first={tmp_path}/first", f"second={tmp_path}/second")
    assert terminal.type("ingest", DEMO).code == 0
    tar = next((tmp_path / "first").glob("K021/ZP/*025/v0001/*.tar"))
    with tarfile.open(tar) as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith("data/original/003.jpg"))
    raw = bytearray(tar.read_bytes())
    raw[member.offset_data + member.size // 2] ^= 0x01
    tar.chmod(0o644)
    tar.write_bytes(raw)

    done = terminal.type("audit", "--all", "--json")

    assert done.code == 6
    bad = [r for r in done.json if r["result"] != "ok"]
    assert [(r["package_id"], r["store"]) for r in bad] == [("K021-ZP·2019·D30-025", "first")]
    assert [(f["path"], f["result"]) for f in bad[0]["faults"]] == [("data/original/003.jpg", "mismatch")]
    assert len(done.json) == 20
    told = terminal.type("audit", "--all")
    assert told.code == 6
    for word in ("K021-ZP·2019·D30-025", "first", "data/original/003.jpg"):
        assert word in told.out
    # The other copy is sound, and it is the one given out.
    taken = terminal.type("get", "K021-ZP·2019·D30-025", "003.jpg", "-o", tmp_path / "out")
    assert taken.code == 0, taken.err
    assert (tmp_path / "out" / "003.jpg").read_bytes() == (DEMO / "files/K021-ZP·2019·D30-025/003.jpg").read_bytes()


def test_one_flipped_byte_on_s3_is_named_and_all_else_is_sound(tmp_path: Path, s3_service: S3Service) -> None:
    bucket = f"terminal-{uuid.uuid4().hex}"
    terminal = s3_desk(tmp_path / "home", s3_service).made(f"main=s3://{bucket}/档案", "--make-buckets")
    assert terminal.type("ingest", DEMO).code == 0
    client = boto3.client(
        "s3",
        endpoint_url=s3_service.endpoint,
        aws_access_key_id=s3_service.access_key,
        aws_secret_access_key=s3_service.secret_key,
        region_name="us-east-1",
    )
    key = "档案/K021/LY/K021-LY·2019·Y-001/v0001/K021-LY·2019·Y-001-v0001.tar"
    raw = bytearray(client.get_object(Bucket=bucket, Key=key)["Body"].read())
    at = raw.rindex(b"RIFF") + 50_000
    raw[at] ^= 0x01
    client.put_object(Bucket=bucket, Key=key, Body=bytes(raw))
    client.close()

    done = terminal.type("audit", "--all", "--json")

    assert done.code == 6
    bad = [r for r in done.json if r["result"] != "ok"]
    assert [(r["package_id"], r["store"]) for r in bad] == [("K021-LY·2019·Y-001", "main")]
    assert [(f["path"], f["result"]) for f in bad[0]["faults"]] == [("data/original/001.wav", "mismatch")]
    assert len(done.json) == 10


@pytest.mark.parametrize("where", ["header", "padding", "trailer"])
def test_a_byte_outside_the_files_is_watched_too(tmp_path: Path, where: str) -> None:
    terminal = Terminal(tmp_path / "home").made()
    assert terminal.type("ingest", DEMO).code == 0
    tar = next(terminal.home.glob("store/K021/LY/*/v0001/*.tar"))
    with tarfile.open(tar) as archive:
        member = next(m for m in archive.getmembers() if m.size % 512)
    offset = {
        "header": member.offset + 148,
        "padding": member.offset_data + -(-member.size // 512) * 512 - 1,
        "trailer": tar.stat().st_size - 3,
    }[where]
    tar.chmod(0o644)
    with tar.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 0x20]))

    assert terminal.type("audit", "--all").code == 6
    assert terminal.type("verify", "K021-LY·2019·Y-001").code == 6


def test_rebuilt_register_lists_the_same(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home").made()
    assert terminal.type("ingest", DEMO).code == 0
    before = terminal.type("list", "--json").json
    for file in terminal.home.glob("register.db*"):
        file.unlink()

    assert terminal.type("rebuild").code == 0

    after = terminal.type("list", "--json").json
    assert after == before
    assert terminal.type("audit", "--all").code == 0
