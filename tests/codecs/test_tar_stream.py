from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.tar_stream import Part, PartCheck, Stretch, cut, stretches
from pipeline.domain.digests import sha256_of
from tests.makers.real_packages import some_members


def test_the_parts_cover_every_byte_once() -> None:
    members = some_members(5)
    parts = list(stretches(members, tar_size=10240))
    assert [part.start for part in parts] == [0, *(part.end for part in parts[:-1])]
    assert (parts[-1].part, parts[-1].end, parts[-1].path) == (Part.TRAILER, 10240, "")


@given(st.lists(st.binary(max_size=9)), st.lists(st.integers(0, 12), min_size=1))
def test_cut_loses_and_invents_nothing(chunks: list[bytes], sizes: list[int]) -> None:
    parts, at = [], 0
    for size in sizes:
        parts.append(Stretch(Part.DATA, None, at, at + size))
        at += size
    whole, got, done = b"".join(chunks), b"", 0
    for part, piece, last in cut(chunks, parts):
        assert part is parts[done]
        got += bytes(piece)
        if last:
            assert len(got) == part.end
            done += 1
    assert got == whole[: len(got)]
    assert done == sum(part.end <= len(whole) for part in parts) or done == len(parts)
    assert len(got) == min(len(whole), at)


def test_a_part_is_compared_by_what_it_must_be() -> None:
    (member,) = some_members(1)
    header, data, padding = stretches([member])
    for piece, found in ((bytes(24), "zeros"), (bytes(23) + b"x", "other bytes than zeros"), (b"", "0 bytes only")):
        check = PartCheck(padding)
        check.update(memoryview(piece))
        assert (check.expected, check.found) == ("zeros", found)
    check = PartCheck(data)
    check.update(memoryview(b"x" * 1000))
    assert (check.expected, check.found) == (member.sha256, sha256_of(b"x" * 1000))
    assert PartCheck(header).expected == member.header_sha256
