"""What every index must agree with itself in, whatever its format; first an index that does."""

from dataclasses import replace

import pytest

from pipeline.codecs.index import decode_index, encode_index
from pipeline.codecs.index.soundness import problem_of
from pipeline.domain.packages import PackageIndex, StoredObject
from pipeline.errors import StorageError
from tests.makers.indexes import GOOD
from tests.makers.real_packages import tar_alone


def test_nothing_is_wrong_with_one_that_agrees() -> None:
    assert problem_of(GOOD) is None


def member(number: int, **changes: object) -> PackageIndex:
    members = list(GOOD.members)
    members[number] = replace(members[number], **changes)  # type: ignore[arg-type]
    return replace(GOOD, members=tuple(members))


def with_object(key: str, *, size: int = 7, sha256: str = "a" * 64) -> PackageIndex:
    return replace(GOOD, objects=(*GOOD.objects, StoredObject(role="seal", key=key, size=size, sha256=sha256)))


UNSOUND = [
    *(member(1, path=path) for path in ("/etc/x", "../x", "data/../../x", "data//x", "data/.", "", "C:\\x", "data/a\nb",
                                        "data/a\\b", "data/" + "x/" * 300 + "y", "data/" + "x" * 5000, "bagit.txt")),
    member(1, size=-1),
    member(1, size=1 << 61),
    member(1, size=999, header_offset=1024),
    member(1, data_offset=2561),
    member(1, data_offset=1024),
    member(1, header_offset=512),
    member(2, header_offset=4096, data_offset=4608),
    member(1, sha256="A" * 64),
    member(1, header_sha256="a" * 63),
    member(1, original_name_hex="2e2e2f78"),
    member(1, original_name_hex="zz"),
    replace(GOOD, objects=tar_alone(GOOD.bag_name, 5120 - 512)),
    replace(GOOD, objects=tar_alone(GOOD.bag_name, 10241)),
    replace(GOOD, objects=tar_alone(GOOD.bag_name, -10240)),
    replace(GOOD, members=()),
    replace(GOOD, payload_bytes=1),
    replace(GOOD, payload_files=1),
    replace(GOOD, version=0),
    replace(GOOD, bag_name="other"),
    replace(GOOD, package_id="../x"),
    replace(GOOD, objects=()),
    replace(GOOD, objects=2 * GOOD.objects),
    replace(GOOD, objects=tar_alone("other", 10240)),
    with_object("../seal.p7s"),
    with_object("seal.p7s", sha256="x"),
    with_object("seal.p7s", sha256=""),
    with_object("seal.p7s", size=-1),
    with_object(GOOD.index_name),
    with_object(GOOD.tar_name),
    member(1, version=2),
    member(1, version=0),
    replace(GOOD, content="f"),
    replace(GOOD, description="d"),
    replace(GOOD, prefix="K021/ZY/other/"),
    replace(GOOD, prefix="K021/../K021-ZY·FP·1/"),
    replace(GOOD, prefix="/ZY/K021-ZY·FP·1/"),
    replace(GOOD, prefix="K021/ZY/x/K021-ZY·FP·1/"),
    replace(GOOD, prefix="K021/ZY/K021-ZY·FP·1"),
    replace(GOOD, fonds=".."),
    replace(GOOD, fonds=""),
    replace(GOOD, category="a/b"),
]  # fmt: skip


@pytest.mark.parametrize("index", UNSOUND, ids=range(len(UNSOUND)))
def test_what_contradicts_itself_or_leads_out_is_told_and_refused_on_reading(index: PackageIndex) -> None:
    told = problem_of(index)
    assert told is not None
    with pytest.raises(StorageError, match="index_unusable"):
        decode_index(encode_index(index))
