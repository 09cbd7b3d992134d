"""PRONOM: claims with what they rest on; a file that breaks it leaves a claim that says so."""

from pathlib import Path

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
