"""PRONOM: claims with what they rest on; a file that breaks it leaves a claim that says so."""

import resource
from pathlib import Path

import pytest

from pipeline.tools import pronom
from tests.makers.received import FILES


def test_pronom_sees_bytes() -> None:
    (claim,) = pronom.claims(FILES / "pdfa-1b.pdf")
    assert (claim.identifier, claim.media_type) == ("fmt/354", "application/pdf")
    assert pronom.is_strong(claim) and not claim.warning
    assert claim.by.startswith("siegfried 1.") and "DROID_SignatureFile" in claim.by


def test_pronom_says_that_a_name_does_not_fit() -> None:
    (claim,) = pronom.claims(FILES / "docx-named.jpg")
    assert claim.identifier == "fmt/412" and pronom.MISMATCH in claim.warning


def test_what_pronom_does_not_know_or_cannot_read_is_a_claim_without_identifier(tmp_path: Path) -> None:
    (tmp_path / "noise.zzq9").write_bytes(bytes(range(1, 250, 7)) * 9)
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "cut.docx").write_bytes((FILES / "sound.docx").read_bytes()[:8000])
    for name in ("noise.zzq9", "empty.pdf", "cut.docx", "missing.zzq9"):
        (claim,) = pronom.claims(tmp_path / name)
        assert claim.identifier == "" and claim.warning
        assert str(tmp_path) not in claim.warning


def test_what_rests_on_the_name_alone_is_weak(tmp_path: Path) -> None:
    (tmp_path / "noise.dwg").write_bytes(bytes(range(1, 250, 7)) * 9)
    found = pronom.claims(tmp_path / "noise.dwg")
    assert found and not any(map(pronom.is_strong, found))


@pytest.mark.parametrize("head", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_large_file_of_no_known_format_takes_no_memory(tmp_path: Path, head: bytes) -> None:
    """Siegfried keeps in memory what it reads, and of an unknown format it reads all."""
    vast = tmp_path / "vast.xyz"
    with vast.open("wb") as file:
        file.write(head)
        file.truncate(5 * 2**30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    claims = pronom.claims(vast, scratch=tmp_path)
    assert not any("excerpt" in claim.warning for claim in claims)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 2**10
    assert list(tmp_path.iterdir()) == [vast]


def test_a_large_file_is_known_by_beginning_and_end(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes((FILES / "sound.mp4").read_bytes())
    (small,) = pronom.claims(film)
    with film.open("r+b") as file:
        file.truncate(2**27)
    (large,) = pronom.claims(film)
    assert small.identifier and (large.identifier, large.warning) == (small.identifier, small.warning)
