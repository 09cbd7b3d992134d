"""What an index derives from its fields: keys in a store, ends of members, where bytes lie."""

from dataclasses import replace

import pytest

from pipeline.domain.packages import TAR, FixityReport, FixityResult, Member, PackageIndex, StoredObject

MEMBER = Member(
    path="bagit.txt", version=3, size=55, sha256="a" * 64, header_offset=0, data_offset=512, header_sha256="b" * 64
)
EARLIER = replace(MEMBER, path="data/original/1.tif", version=1)
INDEX = PackageIndex(
    package_id="K021-ZY·1",
    version=3,
    fonds="K021",
    category="ZY",
    archival_code="K021-ZY·1",
    title="题名",
    retention="永久",
    date="2019",
    batch="b",
    packaged_at="2026-01-01T00:00:00+00:00",
    content="c" * 64,
    bag_name="K021-ZY·1-v0003",
    prefix="K021/ZY/K021-ZY·1/",
    objects=(
        StoredObject(role="other", key="notes.txt", size=7, sha256="a" * 64),
        StoredObject(role=TAR, key="K021-ZY·1-v0003.tar", size=10240),
    ),
    payload_bytes=55,
    payload_files=1,
    members=(MEMBER, EARLIER),
)


@pytest.mark.parametrize(("size", "end"), [(0, 512), (1, 1024), (512, 1024), (513, 1536)])
def test_a_member_ends_behind_its_padding(size: int, end: int) -> None:
    assert replace(MEMBER, size=size).end == end


def test_where_a_version_lies() -> None:
    assert INDEX.folder == "K021/ZY/K021-ZY·1/v0003/"
    assert INDEX.tar_key == "K021/ZY/K021-ZY·1/v0003/K021-ZY·1-v0003.tar"
    assert INDEX.index_key == "K021/ZY/K021-ZY·1/v0003/K021-ZY·1-v0003.index.json"


def test_a_category_corrected_later_leaves_the_place() -> None:
    assert replace(INDEX, category="WS").tar_key == INDEX.tar_key


def test_how_much_lies_there() -> None:
    assert (INDEX.tar_size, INDEX.stored_bytes) == (10240, 10247)
    assert replace(INDEX, objects=()).tar_size == 0


def test_a_member_by_its_path() -> None:
    assert INDEX.member("bagit.txt") is MEMBER
    assert INDEX.member("data/2.tif") is None


def test_bytes_of_earlier_versions_lie_in_their_tars() -> None:
    assert INDEX.own_members == (MEMBER,)
    assert INDEX.earlier_versions == (1,)
    assert INDEX.tar_key_of(MEMBER) == INDEX.tar_key
    assert INDEX.tar_key_of(EARLIER) == "K021/ZY/K021-ZY·1/v0001/K021-ZY·1-v0001.tar"


def test_a_copy_that_was_not_read_says_so_of_the_tar() -> None:
    report = FixityReport.unread(
        "K021-ZY·1", 3, "nas", result=FixityResult.MISSING, reason="gone", at="2026-01-02T00:00:00+00:00"
    )
    assert (report.bytes_read, report.started_at) == (0, report.ended_at)
    assert [(fault.path, fault.result, fault.reason) for fault in report.faults] == [("", FixityResult.MISSING, "gone")]
