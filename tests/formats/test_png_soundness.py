"""A PNG whose data is wrong is damaged; one that lacks its end, or carries odd chunks, is told."""

import io
from pathlib import Path

import pytest

from pipeline.domain.formats import Verdict
from tests.makers import jpegs, pictures
from tests.makers.handling import examined

_OUT = io.BytesIO()
jpegs.noise(300, 200).save(_OUT, "PNG", dpi=(300, 300))
WHOLE = _OUT.getvalue()


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (WHOLE, Verdict.SOUND),
        (WHOLE[:-12], Verdict.COULD_NOT_TELL),
        (WHOLE[:-4], Verdict.COULD_NOT_TELL),
        (WHOLE + b"more", Verdict.COULD_NOT_TELL),
        (WHOLE.replace(b"pHYs\0", b"pHYs\1"), Verdict.COULD_NOT_TELL),
        (WHOLE[:-2000], Verdict.DAMAGED),
        (WHOLE[:90_000] + b"\0\0\0" + WHOLE[90_003:], Verdict.DAMAGED),
        *((data, Verdict.SOUND) for name, data in pictures.KINDS.items() if name.endswith(".png")),
    ],
)
def test_verdicts(tmp_path: Path, data: bytes, verdict: Verdict) -> None:
    (tmp_path / "a.png").write_bytes(data)
    found = examined(tmp_path / "a.png", tmp_path).soundness
    assert found.verdict is verdict, found.reason
