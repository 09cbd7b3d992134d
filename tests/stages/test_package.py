import hashlib
import os
import resource
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.checks.bag import validate_bag
from pipeline.codecs.bagit_profile import check_bagit_profile, load_bagit_profile
from pipeline.codecs.index import decode_index
from pipeline.domain.bags import MadeFile
from pipeline.domain.digests import Algorithm, sha256_of
from pipeline.domain.events import EventKind
from pipeline.domain.records import elements
from pipeline.errors import HouseError, SourceChanged, StorageFull
from pipeline.profiles import PROFILES
from pipeline.tools.bag import second_opinion
from tests.makers.described import BOTH, COPIES, PAGES, TAGS, FixedClock, described_record

PROFILE = PROFILES / "packages" / "lantai-bagit-profile.json"
BAG = "K021-ZY·FP·2019·Y-002-v0001"


def unpacked(tar: Path, folder: Path) -> Path:
    """The bag, unpacked by Python's own tarfile."""
    with tarfile.open(tar) as opened:
        opened.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return folder / BAG


@pytest.mark.parametrize("digests", [(Algorithm.SHA256,), BOTH])
def test_a_package_is_a_bag_to_us_to_others_and_to_its_profile(tmp_path: Path, digests: tuple[Algorithm, ...]) -> None:
    step = described_record(tmp_path / "record").package(tmp_path / "out", digests=digests)
    bag = unpacked(tmp_path / "out" / step.value.index.tar_name, tmp_path / "bag")
    report = validate_bag(bag)
    assert (report.complete, report.valid, report.findings) == (True, True, ())
    assert second_opinion(bag).valid
    assert check_bagit_profile(report.contents, load_bagit_profile(PROFILE)) == ()
    assert report.contents.manifests == tuple(sorted(digests))


def test_what_is_in_it_and_in_what_order(tmp_path: Path) -> None:
    step = described_record(tmp_path / "record").package(tmp_path / "out")
    with tarfile.open(tmp_path / "out" / step.value.index.tar_name) as tar:
        members = tar.getmembers()
        held = {m.name.removeprefix(f"{BAG}/"): tar.extractfile(m).read() for m in members}  # type: ignore[union-attr]
    paths = [m.name.removeprefix(f"{BAG}/") for m in members]
    tags = [p for p in paths if not p.startswith("data/")]
    payload = paths[len(tags) :]
    assert (tags, payload) == (sorted(tags), sorted(payload))
    assert all(m.isreg() and (m.uid, m.gid, m.uname, m.gname, m.mode) == (0, 0, "", "", 0o644) for m in members)
    assert {p.removeprefix("data/original/").encode(): held[p] for p in payload if "original" in p} == PAGES
    assert {p: held[p] for p in payload if "access" in p} == COPIES
    assert {p: held[p] for p in tags if p.startswith("metadata/")} == TAGS


def test_bag_info_says_what_the_archive_must_know(tmp_path: Path) -> None:
    record = described_record(tmp_path / "record")
    step = record.package(tmp_path / "out")
    text = (unpacked(tmp_path / "out" / step.value.index.tar_name, tmp_path / "bag") / "bag-info.txt").read_text(
        "utf-8"
    )
    octets = sum(map(len, (*PAGES.values(), *COPIES.values())))
    for line in ("Source-Organization: 某县档案馆", "External-Description: 𠮷家村易地扶贫搬迁户档案",
                 "Bagging-Date: 2026-11-22", f"Payload-Oxum: {octets}.4", "全宗号: K021", "保管期限: 永久",
                 "密级: 内部", "档号: K021-ZY·FP·2019·Y-002", "Bag-Group-Identifier: 移交批次2026-1"):  # fmt: skip
        assert line in text.splitlines()
    assert "开放标识" not in text  # nothing was said of it


def test_a_title_of_several_lines_stays_one_tag(tmp_path: Path) -> None:
    record = described_record(tmp_path / "record")
    about = replace(record.record.description, elements=elements(title="第一行\r\nPayload-Oxum: 0.0\x00"))
    again = described_record(tmp_path / "other", about=about)
    step = again.package(tmp_path / "out")
    report = validate_bag(unpacked(tmp_path / "out" / step.value.index.tar_name, tmp_path / "bag"))
    assert report.valid is True
    assert ("External-Description", "第一行 Payload-Oxum: 0.0") in report.contents.info


def test_the_index_is_true_of_every_byte(tmp_path: Path) -> None:
    step = described_record(tmp_path / "record").package(tmp_path / "out")
    index = step.value.index
    assert decode_index((tmp_path / "out" / f"{BAG}.index.json").read_bytes()) == index
    raw = (tmp_path / "out" / step.value.index.tar_name).read_bytes()
    assert len(raw) == index.tar_size
    for m in index.members:
        assert hashlib.sha256(raw[m.header_offset : m.data_offset]).hexdigest() == m.header_sha256
        assert hashlib.sha256(raw[m.data_offset : m.data_offset + m.size]).hexdigest() == m.sha256
        assert not any(raw[m.data_offset + m.size : m.end])
    assert not any(raw[index.members[-1].end :])
    page = index.member("data/original/第２页 𠮷.tif")
    assert page is not None
    assert (bytes.fromhex(page.original_name_hex).decode(), page.media_type, page.puid) == (
        "第２页 𠮷.tif", "image/tiff", "fmt/353"
    )  # fmt: skip
    assert (index.payload_files, index.payload_bytes) == (4, sum(map(len, (*PAGES.values(), *COPIES.values()))))


def test_the_same_input_at_the_same_time_gives_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        step = described_record(tmp_path / name).package(tmp_path / f"out-{name}", digests=BOTH)
        os.utime(tmp_path / name / "received" / "0001.bin")
        made.append([(p.name, p.read_bytes()) for p in sorted((tmp_path / f"out-{name}").iterdir())])
        assert step.value.index.packaged_at == "2026-11-22T03:04:05+00:00"
    assert made[0] == made[1]
    later = FixedClock(datetime(2027, 1, 1, tzinfo=UTC))
    described_record(tmp_path / "c").package(tmp_path / "out-c", digests=BOTH, clock=later)
    assert [p.read_bytes() for p in sorted((tmp_path / "out-c").iterdir())] != [data for _, data in made[0]]


def test_one_event_of_creation(tmp_path: Path) -> None:
    (event,) = described_record(tmp_path / "record").package(tmp_path / "out").events
    assert (event.kind, event.agent.name, event.objects) == (EventKind.CREATION, "lantai", ("K021-ZY·FP·2019·Y-002",))
    assert event.agent.version


def test_advance_is_told_every_byte_of_the_files(tmp_path: Path) -> None:
    told: list[int] = []
    described_record(tmp_path / "record").package(tmp_path / "out", advance=told.append)
    assert sum(told) == sum(map(len, (*PAGES.values(), *COPIES.values(), *TAGS.values())))


@pytest.mark.parametrize("where", ["received/0001.bin", "derived/copy1.bin", "described/premis.xml"])
@pytest.mark.parametrize("change", ["flip", "grow", "shrink"])
def test_a_file_that_has_changed_since_is_named(tmp_path: Path, where: str, change: str) -> None:
    record = described_record(tmp_path / "record")
    path = tmp_path / "record" / where
    data = path.read_bytes()
    path.write_bytes({"flip": bytes([data[0] ^ 1]) + data[1:], "grow": data + b"x", "shrink": data[:-1]}[change])
    with pytest.raises(SourceChanged, match=r"(001\.tif|文件\.pdf|premis\.xml)"):
        record.package(tmp_path / "out")


def test_a_digest_that_is_wrong_in_the_second_algorithm_only_is_noticed(tmp_path: Path) -> None:
    record = described_record(tmp_path / "record")
    received = record.received
    wrong = replace(received.files[0].digests[1], value="0" * 64)
    files = (replace(received.files[0], digests=(received.files[0].digests[0], wrong)), *received.files[1:])
    record = replace(record, received=replace(received, files=files))
    with pytest.raises(SourceChanged, match="sm3"):
        record.package(tmp_path / "out", digests=BOTH)


def test_a_lacking_digest_is_our_own_fault(tmp_path: Path) -> None:
    record = described_record(tmp_path / "record", digests=(Algorithm.SHA256,))
    with pytest.raises(HouseError, match="sm3"):
        record.package(tmp_path / "out", digests=BOTH)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    record = described_record(tmp_path / "record")
    (tmp_path / "record" / "derived" / "copy1.bin").unlink()
    with pytest.raises(SourceChanged, match=r"copy1\.bin"):
        record.package(tmp_path / "out")


def test_a_disk_without_room_is_told_as_such(tmp_path: Path) -> None:
    record = described_record(tmp_path / "record")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(StorageFull, match="workspace"):
            record.package(tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("other", ["metadata/RECORD.xml", "metadata/record.xml"])
def test_two_files_never_meet(tmp_path: Path, other: str) -> None:
    record = described_record(tmp_path / "record")
    twin = replace(record.described.tag_files[0], path=other)
    record = replace(record, described=replace(record.described, tag_files=(*record.described.tag_files, twin)))
    with pytest.raises(HouseError, match="bag_paths_meet"):
        record.package(tmp_path / "out")


def test_names_that_hurt_come_through(tmp_path: Path) -> None:
    names = {
        "会议.tif".encode("gbk"): b"gbk",
        b"100%.tif": b"percent",
        b"a\nb.tif": b"line feed",
        b"CON.txt": b"device",
        "e\u0301.tif".encode(): b"nfd",
        "é.tif".encode(): b"nfc",
        ("长" * 80).encode(): b"long",
        b"/".join(["目录".encode() * 20] * 8) + b"/x.tif": b"deep",
    }
    step = described_record(tmp_path / "record", originals=names).package(tmp_path / "out")
    bag = unpacked(tmp_path / "out" / step.value.index.tar_name, tmp_path / "bag")
    assert validate_bag(bag).valid is True
    assert second_opinion(bag).valid
    given = {bytes.fromhex(m.original_name_hex): m for m in step.value.index.members if m.original_name_hex}
    assert {raw: (bag / m.path).read_bytes() for raw, m in given.items()} == names


def test_a_seal_has_its_place_between_the_tag_manifest_and_the_tar(tmp_path: Path) -> None:
    record = described_record(tmp_path / "record")
    manifest = record.assemble().made_file("tagmanifest-sha256.txt")
    assert manifest is not None
    seal = MadeFile(path="seal/tagmanifest.sig", data=sha256_of(manifest.data).encode(), media_type="application/cms")
    index = record.package(tmp_path / "out", added=(seal,)).value.index
    bag = unpacked(tmp_path / "out" / index.tar_name, tmp_path / "bag")
    assert (bag / "tagmanifest-sha256.txt").read_bytes() == manifest.data
    assert (bag / "seal/tagmanifest.sig").read_bytes() == seal.data
    member = index.member("seal/tagmanifest.sig")
    assert member is not None and member.media_type == "application/cms"
    assert validate_bag(bag).valid


def test_a_later_version_lies_beside_the_first(tmp_path: Path) -> None:
    first = described_record(tmp_path / "record")
    moved = replace(first.record, version=2, description=replace(first.record.description, category="QT"))
    index = (
        replace(first, record=moved)
        .package(tmp_path / "out", earlier=first.package(tmp_path / "v1").value.index)
        .value.index
    )
    package_id = moved.description.package_id
    assert index.folder == f"{first.record.description.fonds}/{first.record.description.category}/{package_id}/v0002/"
    assert (index.category, index.version, index.bag_name) == ("QT", 2, f"{package_id}-v0002")
    assert {member.version for member in index.members} == {2}
