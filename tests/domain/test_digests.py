"""Digests: what is one, and several over one stream."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.digests import Algorithm, Digest, Hasher, sha256_of


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_algorithm_gives_digests_of_its_length(algorithm: Algorithm) -> None:
    hasher = Hasher([algorithm])
    hasher.update(b"abc")
    (digest,) = hasher.digests()
    assert digest.algorithm is algorithm
    assert len(digest.value) == algorithm.hex_length
    assert algorithm.premis_name.replace("-", "").lower() == algorithm.value


def test_known_values() -> None:
    """The examples of FIPS 180 and of GB/T 32905-2016, A.1."""
    hasher = Hasher([Algorithm.SHA256, Algorithm.SM3])
    hasher.update(b"abc")
    assert hasher.value() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" == sha256_of(b"abc")
    assert hasher.value(Algorithm.SM3) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(st.lists(st.binary(max_size=50), max_size=8))
def test_chunks_make_no_difference(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    hasher = Hasher([Algorithm.SHA512, Algorithm.MD5, Algorithm.MD5])
    for chunk in chunks:
        hasher.update(memoryview(chunk))
    assert [digest.algorithm for digest in hasher.digests()] == [Algorithm.MD5, Algorithm.SHA512]
    assert hasher.value(Algorithm.SHA512) == hashlib.sha512(whole).hexdigest()
    assert hasher.size == len(whole)


def test_what_was_not_asked_for_is_not_there() -> None:
    with pytest.raises(KeyError):
        Hasher([Algorithm.SHA256]).value(Algorithm.SM3)


@pytest.mark.parametrize("value", ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 63 + "\n"])
def test_what_is_no_digest_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="sha256"):
        Digest(algorithm=Algorithm.SHA256, value=value)


@pytest.mark.parametrize(("sha256", "sm3"), [(True, True), (True, False), (False, True), (False, False)])
def test_an_expected_value_of_two_algorithms_needs_one_that_agrees(sha256: bool, sm3: bool) -> None:
    hasher = Hasher([Algorithm.SHA256, Algorithm.SM3])
    hasher.update(b"abc")
    right = {Algorithm.SHA256: sha256, Algorithm.SM3: sm3}
    value = next((hasher.value(algorithm) for algorithm, is_right in right.items() if is_right), "0" * 64)
    expected = [Digest(algorithm=algorithm, value=value) for algorithm in right]
    assert bool(hasher.contradicted(expected)) == (not (sha256 or sm3))


def test_each_value_that_disagrees_is_told_once() -> None:
    hasher = Hasher([Algorithm.SHA256, Algorithm.MD5])
    hasher.update(b"abc")
    right, wrong = Digest(algorithm=Algorithm.SHA256, value=hasher.value()), "1" * 32
    twice = [Digest(algorithm=Algorithm.MD5, value=wrong)] * 2
    assert hasher.contradicted([right, *twice]) == twice[:1]
    assert hasher.contradicted([right]) == hasher.contradicted([]) == []
