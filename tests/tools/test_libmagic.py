"""libmagic: a media type from the first bytes, whatever the name says."""

from pathlib import Path

import pytest

from pipeline.tools import libmagic
from tests.makers.received import FILES


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("sound.jpg", "image/jpeg"),
        ("sound.pdf", "application/pdf"),
        ("multipage.tif", "image/tiff"),
        ("text-named.tif", "text/plain"),
    ],
)
def test_the_bytes_tell_and_not_the_name(name: str, media_type: str) -> None:
    claim = libmagic.claim(FILES / name)
    assert (claim.registry, claim.identifier, claim.media_type) == ("media-type", media_type, media_type)
    assert claim.basis and not claim.warning


def test_an_empty_file_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    assert "empty" in libmagic.claim(tmp_path / "empty.pdf").identifier


def test_a_file_that_is_gone_is_the_machines_fault_and_no_claim(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        libmagic.claim(tmp_path / "gone.pdf")


def test_who_says_so_and_in_which_version() -> None:
    assert libmagic.version().startswith("5.")
    assert libmagic.claim(FILES / "sound.jpg").by == f"libmagic {libmagic.version()}"
