"""A copy that is none is a fault of the program that made it, not of the recording it was made of."""

from pathlib import Path

import pytest

from pipeline.errors import ToolGarbled
from pipeline.formats import decide, recording
from pipeline.formats.handler import Original
from pipeline.formats.policy import load_policy
from tests.makers.received import FILES, bench_in


def original(path: Path) -> Original:
    format = decide.identify(path, load_policy("county"))
    return Original(path=path, package_path="x", subject="录像.mp4", size=path.stat().st_size, format=format)


def test_garbage_for_a_copy_is_the_program_s_fault(tmp_path: Path) -> None:
    (tmp_path / "copy.mp4").write_bytes(b"garbage")
    with bench_in(tmp_path) as toolbox, pytest.raises(ToolGarbled) as caught:
        recording.probe_copy(tmp_path / "copy.mp4", original(FILES / "sound.mp4"), toolbox)
    assert caught.value.subject == "录像.mp4" and str(tmp_path) not in str(caught.value)


def test_a_copy_that_does_not_decode_is_judged_by_its_source(tmp_path: Path) -> None:
    data = (FILES / "sound.mp4").read_bytes()
    hurt = tmp_path / "hurt.mp4"
    hurt.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))
    with bench_in(tmp_path) as toolbox:
        assert recording.fault_of_tracks(FILES / "sound.mp4", original(FILES / "sound.mp4"), toolbox) == ""
        copied = FILES / "sound.mp4"
        with pytest.raises(ToolGarbled):
            recording.fault_of_tracks(hurt, original(copied), toolbox)
        assert recording.fault_of_tracks(hurt, original(hurt), toolbox)
