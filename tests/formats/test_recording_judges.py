"""Where FFmpeg complains and nothing but an edge was lost, and what the file's own notes prove."""

import pytest

from pipeline.formats.recording_judges import frayed
from pipeline.tools.ffmpeg_log import Log, Read
from pipeline.tools.ffprobe import Probe


@pytest.mark.parametrize(
    ("container", "packets", "frames", "faults", "edge"),
    [
        ("mpegts", 38, 37, 2, True),
        ("mp3", 233, 232, 2, True),
        ("mpegts", 38, 20, 2, False),
        ("mpegts", 38, 38, 2, False),  # what a decoder painted over is counted as read
        ("mpegts", 38, 37, 9, False),
        ("mp4", 38, 37, 2, False),
    ],
)
def test_edges_of_a_stream(container: str, packets: int, frames: int, faults: int, edge: bool) -> None:
    before = Probe(streams=(), seconds=0, formats=(container,), facts=(), dated=True)
    tracks = {0: Read(packets=packets, frames=frames, samples=0)}
    log = Log(faults=tuple(map(str, range(faults))), lacking=(), others=(), tracks=tracks)
    assert frayed(before, log) is edge
