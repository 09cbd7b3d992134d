import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.index import decode_index, encode_index, is_as_written
from pipeline.domain.packages import Member, PackageIndex
from pipeline.errors import StorageError

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
    end = 0
    for path in paths:
        size = draw(st.integers(0, 1 << 40))
        data_offset = end + 512 * draw(st.integers(1, 4))
        raw = draw(st.binary(max_size=20)) if path.startswith("data/") else b""
        usable = raw and b"\0" not in raw and not {b"", b".", b".."} & set(raw.split(b"/"))
        members.append(
            Member(path=path, size=size, sha256=draw(HEX), header_offset=end, data_offset=data_offset,
                   header_sha256=draw(HEX), original_name_hex=raw.hex() if usable else "", media_type=draw(TEXT),
                   puid=draw(TEXT))
        )  # fmt: skip
        end = members[-1].end
    payload = [m.size for m in members if m.path.startswith("data/")]
    return PackageIndex(
        package_id="K021-ZY·1", version=draw(st.integers(1, 9999)), fonds="K021", category="ZY",
        archival_code=draw(TEXT), title=draw(TEXT), retention=draw(TEXT), date=draw(TEXT), batch=draw(TEXT),
        packaged_at="2026-01-01T00:00:00+00:00", fingerprint=draw(HEX), bag_name="", tar_size=end + 1024,
        payload_bytes=sum(payload), payload_files=len(payload), members=tuple(members),
    )  # fmt: skip


def named(index: PackageIndex) -> PackageIndex:
    return replace(index, bag_name=f"{index.package_id}-v{index.version:04d}")


GOOD = named(
    PackageIndex(
        package_id="K021-ZY·FP·1", version=1, fonds="K021", category="ZY", archival_code="K021",
        title='题名 "𠮷"\n', retention="永久", date="2019", batch="b", packaged_at="2026-01-01T00:00:00+00:00",
        fingerprint="f" * 64, bag_name="", tar_size=10240, payload_bytes=1013, payload_files=2,
        members=(
            Member(path="bagit.txt", size=55, sha256="a" * 64, header_offset=0, data_offset=512,
                   header_sha256="b" * 64),
            Member(path="data/original/汇.tif", size=1000, sha256="a" * 64, header_offset=1024, data_offset=2560,
                   header_sha256="b" * 64, original_name_hex="bbe1", media_type="image/tiff", puid="fmt/353"),
            Member(path="data/x", size=13, sha256="a" * 64, header_offset=3584, data_offset=4096,
                   header_sha256="b" * 64),
        ),
    )
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


def member(number: int, **changes: object) -> PackageIndex:
    members = list(GOOD.members)
    members[number] = replace(members[number], **changes)  # type: ignore[arg-type]
    return replace(GOOD, members=tuple(members))


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
    replace(GOOD, tar_size=5120 - 512),
    replace(GOOD, tar_size=10241),
    replace(GOOD, tar_size=-10240),
    replace(GOOD, members=()),
    replace(GOOD, payload_bytes=1),
    replace(GOOD, payload_files=1),
    replace(GOOD, version=0),
    replace(GOOD, bag_name="other"),
    replace(GOOD, package_id="../x"),
    replace(GOOD, fonds=".."),
    replace(GOOD, fonds=""),
    replace(GOOD, category="a/b"),
]  # fmt: skip


@pytest.mark.parametrize("index", UNSOUND, ids=range(len(UNSOUND)))
def test_what_contradicts_itself_or_leads_out_is_refused(index: PackageIndex) -> None:
    assert replace(decode_index(encode_index(GOOD)), written=b"") == GOOD
    with pytest.raises(StorageError, match="index_unusable"):
        decode_index(encode_index(index))


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{}", b'{"format": 1}', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000,
     encode_index(GOOD).replace(b"lantai-package-index/1", b"lantai-package-index/9"),
     encode_index(GOOD).replace(b'"size":55', b'"size":"55"'), encode_index(GOOD).replace(b'"size":55', b'"size":55.5'),
     encode_index(GOOD).replace(b'"size":55', b'"size":1e999'), encode_index(GOOD)[:-3]],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_index_is_refused(data: bytes) -> None:
    with pytest.raises(StorageError, match="index_unusable"):
        decode_index(data)
