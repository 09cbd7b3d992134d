"""Boxes tell a file that was cut from one whose pictures are of a kind that nobody here decodes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.formats import Verdict
from pipeline.tools.heif import Boxes, read_boxes
from tests.makers.handling import examined
from tests.makers.received import FILES

HEIC, AVIF = (FILES / "small.heic").read_bytes(), (FILES / "sound.avif").read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "verdict"),
    [
        ("whole.heic", HEIC, Verdict.SOUND),
        ("whole.avif", AVIF, Verdict.SOUND),
        ("uncompressed.heic", HEIC.replace(b"hvc1", b"unci"), Verdict.COULD_NOT_TELL),
        ("jpeg 2000.avif", AVIF.replace(b"av01", b"j2k1"), Verdict.COULD_NOT_TELL),
        ("sequence.heic", HEIC.replace(b"meta", b"moov", 1), Verdict.COULD_NOT_TELL),
        ("brand msf1.heic", HEIC.replace(b"ftypheic", b"ftypmsf1"), Verdict.SOUND),
        ("cut.heic", HEIC[: len(HEIC) * 7 // 10], Verdict.DAMAGED),
        ("cut.avif", AVIF[: len(AVIF) * 7 // 10], Verdict.DAMAGED),
    ],
)
def test_verdicts(tmp_path: Path, name: str, data: bytes, verdict: Verdict) -> None:
    (tmp_path / name).write_bytes(data)
    found = examined(tmp_path / name, tmp_path).soundness
    assert found.verdict is verdict, found.reason


def test_whole_boxes_of_usual_kinds() -> None:
    for name in ("small.heic", "sound.avif"):
        assert read_boxes(FILES / name) == Boxes(cut_short=False, sequence=False, unknown=())


@given(noise=st.binary(max_size=40), at=st.integers(0, 600))
def test_any_bytes_end(tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int) -> None:
    path = tmp_path_factory.getbasetemp() / "any.heic"
    path.write_bytes(HEIC[:at] + noise + HEIC[at + len(noise) :])
    read_boxes(path)
