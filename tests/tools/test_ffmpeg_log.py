"""FFmpeg's complaints by whom they concern, and its account of what it read."""

import pytest

from pipeline.tools.ffmpeg_log import Read, read_log


def test_complaints_about_the_source_are_faults() -> None:
    log = read_log(
        "[info] x\n[h264 @ 0x55f7ba6b2200] [error] error while decoding MB 1 2\n[error] Error while decoding"
    )
    assert log.faults == ("[h264] error while decoding MB 1 2", "Error while decoding") and "0x" not in log.said


@pytest.mark.parametrize(
    "line",
    [
        "[null @ 0x55a3c5fc4580] [error] Application provided invalid, non monotonically increasing dts to muxer",
        "[vost#0:0/wrapped_avframe @ 0x5] [error] Non-monotonic DTS",
        "[out#0/null @ 0x55f7] [error] Error muxing",
        "[auto_scale_0 @ 0x1] [error] No such filter",
    ],
)
def test_what_it_says_of_its_own_output_is_none(line: str) -> None:
    log = read_log(line)
    assert not log.faults and log.others and log.said


def test_what_it_does_not_support_is_no_fault() -> None:
    log = read_log(
        "[apac @ 0x5] [error] Unknown thing\n"
        "[error] Error while decoding stream #0:0: Not yet implemented in FFmpeg, patches welcome"
    )
    assert log.lacking and not log.faults


def test_its_account_of_each_track() -> None:
    log = read_log(
        "[verbose]   Input stream #0:0 (video): 150 packets read (95449 bytes); 75 frames decoded; \n"
        "[verbose]   Input stream #0:1 (audio): 160 packets read (62345 bytes); 29 frames decoded (132300 samples); \n"
        "[verbose]   Input stream #0:2 (audio): 7 packets read (10 bytes); \n"
        "[verbose] Input stream #0:3 (audio): 5 packets read (9 bytes);"
        " 3 frames decoded; 1 decode errors (4 samples);\n"
    )
    assert log.tracks == {
        0: Read(packets=150, frames=75, samples=0),
        1: Read(packets=160, frames=29, samples=132300),
        2: Read(packets=7, frames=0, samples=0),
        3: Read(packets=5, frames=3, samples=4),
    }


def test_the_same_complaint_counts_once_and_noise_for_nothing() -> None:
    log = read_log("[aac @ 0x1] [error] x\n" * 9 + "\N{REPLACEMENT CHARACTER} noise\n[aac @ 0x1] [warning] y\n")
    assert log.faults == ("[aac] x",)
