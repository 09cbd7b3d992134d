"""Containers: every member is unfolded and compared; what is locked or too large is neither sound nor damaged."""

import zipfile
from dataclasses import replace
from pathlib import Path

from pipeline.domain.formats import Verdict
from pipeline.domain.messages import message
from pipeline.formats import container
from pipeline.formats.handler import Examined
from tests.makers.handling import original
from tests.makers.received import FILES, LIMITS, bench_in


def zipped(folder: Path, name: str, data: bytes) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return path


def read(path: Path, folder: Path, *, document: bool = False, **limits: int) -> Examined:
    with bench_in(folder, replace(LIMITS, **limits)) as toolbox:
        return (container.examine_document if document else container.examine)(original(path), toolbox)


def test_a_member_that_differs_from_its_crc_is_damage(tmp_path: Path) -> None:
    path = zipped(tmp_path, "a.txt", b"x" * 500)
    assert read(path, tmp_path).soundness.verdict is Verdict.SOUND
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    assert read(path, tmp_path).soundness.verdict is Verdict.DAMAGED


def test_only_in_documents_must_xml_be_well_formed(tmp_path: Path) -> None:
    path = zipped(tmp_path, "a.xml", b"<a><b></a>")
    assert read(path, tmp_path).soundness.verdict is Verdict.SOUND
    assert read(path, tmp_path, document=True).soundness.verdict is Verdict.DAMAGED


def test_what_unfolds_too_far_and_what_is_locked_cannot_be_told(tmp_path: Path) -> None:
    found = read(zipped(tmp_path, "a.txt", b"x" * 500), tmp_path, max_derived_bytes=100)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL and found.too_large
    with zipfile.ZipFile(FILES / "sound.odt") as old, zipfile.ZipFile(tmp_path / "locked.odt", "w") as new:
        for name in old.namelist():
            extra = b"<!-- encryption-data -->" if name == "META-INF/manifest.xml" else b""
            new.writestr(name, old.read(name) + extra)
    found = read(tmp_path / "locked.odt", tmp_path)
    assert found.encrypted == message("members_locked") and found.soundness.verdict is Verdict.COULD_NOT_TELL
