"""Indexes to bytes and back; what is no index is refused."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.index import decode_index, encode_index, is_as_written
from pipeline.domain.packages import Member, PackageIndex, StoredObject
from pipeline.errors import StorageError
from tests.makers.indexes import GOOD, named
from tests.makers.real_packages import tar_alone

HEX = st.binary(min_size=32, max_size=32).map(bytes.hex)
TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
COMPONENT = st.text(st.sampled_from("aé汇𠮷㐱 =%~.…") | st.characters(codec="utf-8"), min_size=1, max_size=40).filter(
    lambda t: t not in {".", ".."} and not any(c in '/\\:*?"<>|\x7f' or ord(c) < 32 for c in t)
)
PATHS = st.lists(COMPONENT, min_size=1, max_size=4).map("/".join)


@st.composite
def indexes(draw: st.DrawFn) -> PackageIndex:
    """Any index that a writer could have made."""
    paths = draw(st.lists(st.sampled_from(["", "data/original/"]).flatmap(lambda p: PATHS.map(lambda x: p + x)),
                          min_size=1, max_size=6, unique=True))  # fmt: skip
    members: list[Member] = []
    version = draw(st.integers(1, 9999))
    end = 0
    for path in paths:
        size = draw(st.integers(0, 1 << 40))
        data_offset = end + 512 * draw(st.integers(1, 4))
        raw = draw(st.binary(max_size=20)) if path.startswith("data/") else b""
        usable = raw and b"\0" not in raw and not {b"", b".", b".."} & set(raw.split(b"/"))
        members.append(
            Member(path=path, version=version, size=size, sha256=draw(HEX), header_offset=end, data_offset=data_offset,
                   header_sha256=draw(HEX), original_name_hex=raw.hex() if usable else "", media_type=draw(TEXT),
                   puid=draw(TEXT))
        )  # fmt: skip
        end = members[-1].end
    payload = [m.size for m in members if m.path.startswith("data/")]
    return PackageIndex(
        package_id="K021-ZY·1", version=version, fonds="K021", category="ZY",
        archival_code=draw(TEXT), title=draw(TEXT), retention=draw(TEXT), date=draw(TEXT), batch=draw(TEXT),
        packaged_at="2026-01-01T00:00:00+00:00", content=draw(HEX),
        description=draw(HEX), bag_name="", prefix="K021/ZY/K021-ZY·1/", objects=tar_alone("", end + 1024),
        payload_bytes=sum(payload), payload_files=len(payload), members=tuple(members),
    )  # fmt: skip


@given(indexes().map(named))
def test_any_index_comes_back_and_the_same_gives_the_same_bytes(index: PackageIndex) -> None:
    data = encode_index(index)
    assert decode_index(data) == replace(index, written=data)
    assert encode_index(decode_index(data)) == data
    assert is_as_written(decode_index(data))
    assert json.loads(data)["title"] == index.title


def test_one_member_to_a_line() -> None:
    lines = encode_index(GOOD).decode().splitlines(keepends=True)
    assert sum('"path":' in line for line in lines) == 3
    assert lines[-1] == "}\n"


@given(st.data())
def test_garbled_bytes_are_a_storage_error_or_another_index_but_nothing_else(data: st.DataObject) -> None:
    good = bytearray(encode_index(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    garbled = bytes(good)[: data.draw(st.integers(0, len(good)))]
    try:
        index = decode_index(garbled, store="s", key="k")
    except StorageError as error:
        assert (error.store, error.key) == ("s", "k")
    else:
        assert index.written == garbled


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{}", b'{"format": 1}', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000,
     encode_index(GOOD).replace(b"lantai-package-index/2", b"lantai-package-index/9"),
     encode_index(GOOD).replace(b'"size":55', b'"size":"55"'), encode_index(GOOD).replace(b'"size":55', b'"size":55.5'),
     encode_index(GOOD).replace(b'"size":55', b'"size":1e999'), encode_index(GOOD)[:-3]],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_index_is_refused(data: bytes) -> None:
    with pytest.raises(StorageError, match="index_unusable"):
        decode_index(data)


def test_members_may_lie_in_the_tar_of_an_earlier_version() -> None:
    first, page, other = GOOD.members
    own = replace(other, version=2, header_offset=1024, data_offset=1536)
    later = replace(GOOD, version=2, members=(replace(first, version=2), page, own))
    later = decode_index(encode_index(named(later)))
    assert [m.path for m in later.own_members] == ["bagit.txt", "data/x"]
    assert later.earlier_versions == (1,)
    assert later.tar_key_of(page) == GOOD.tar_key == "K021/ZY/K021-ZY·FP·1/v0001/K021-ZY·FP·1-v0001.tar"
    assert later.tar_key_of(own) == later.tar_key == "K021/ZY/K021-ZY·FP·1/v0002/K021-ZY·FP·1-v0002.tar"


def test_a_corrected_category_leaves_the_versions_together() -> None:
    assert decode_index(encode_index(replace(GOOD, category="WS"))).folder == GOOD.folder


def test_a_seal_is_an_object_beside_the_tar() -> None:
    seal = StoredObject(role="seal", key="seal/tagmanifest.p7s", size=7, sha256="a" * 64)
    sealed = decode_index(encode_index(replace(GOOD, objects=(*GOOD.objects, seal))))
    assert [(each.role, each.size) for each in sealed.objects] == [("tar", 10240), ("seal", 7)]
    assert (sealed.tar_size, sealed.stored_bytes) == (10240, 10247)
