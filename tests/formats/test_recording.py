"""A copy that is none is a fault of the program that made it, not of the recording it was made of."""

from pathlib import Path

import pytest

from pipeline.domain.messages import Message
from pipeline.errors import ToolGarbled
from pipeline.formats import decide, recording
from pipeline.formats.handler import Made, Original, Refused
from pipeline.formats.policy import load_policy
from pipeline.tools import ffprobe
from tests.makers.handling import made
from tests.makers.received import FILES, bench_in
from tests.makers.recordings import film, joined, several_frames_a_packet, tone, with_cover, without_samples


def original(path: Path) -> Original:
    format = decide.identify(path, load_policy("county"))
    return Original(path=path, package_path="x", subject="录像.mp4", size=path.stat().st_size, format=format)


def test_garbage_for_a_copy_is_the_program_s_fault(tmp_path: Path) -> None:
    (tmp_path / "copy.mp4").write_bytes(b"garbage")
    with bench_in(tmp_path) as toolbox, pytest.raises(ToolGarbled) as caught:
        recording.probe_copy(tmp_path / "copy.mp4", original(FILES / "sound.mp4"), toolbox)
    assert caught.value.subject == "录像.mp4" and str(tmp_path) not in str(caught.value)


def test_a_copy_that_does_not_decode_is_judged_by_its_source(tmp_path: Path) -> None:
    whole = FILES / "sound.mp4"
    data = whole.read_bytes()
    hurt = tmp_path / "hurt.mp4"
    hurt.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))
    with bench_in(tmp_path) as toolbox:
        probed = ffprobe.probe(whole, subject="x", scratch=tmp_path)
        assert recording.of_tracks(original(whole), whole, probed, probed, toolbox) == ()
        with pytest.raises(ToolGarbled):
            recording.of_tracks(original(whole), hurt, probed, probed, toolbox)
        found = recording.of_tracks(original(hurt), hurt, probed, probed, toolbox)
        assert isinstance(found, Refused) and found.code == "damaged_file"


def sound_of(tmp_path: Path, path: Path) -> list[tuple[str, list[str]]]:
    """What is told of it, the copy itself as `made`."""
    told = []
    (tmp_path / path.stem).mkdir()
    for each in made(tmp_path / path.stem, "audio/m4a", path):
        said = () if isinstance(each, Made) else each.reason
        codes = [m.code for m in (said if isinstance(said, tuple) else (said,)) if isinstance(m, Message)]
        told.append((each.code if isinstance(each, Refused) else type(each).__name__.lower(), codes))
    return told


def test_two_recordings_in_one_file_are_told(tmp_path: Path) -> None:
    first = tone(tmp_path / "a.mka", "-c:a", "flac")
    both = joined(tmp_path / "both.mka", first, tone(tmp_path / "b.mka", "-c:a", "aac"))
    assert sound_of(tmp_path, both) == [("soundness_unknown", ["recordings_joined", "no_copy_kept"])]


def test_a_wav_without_samples_is_not_damaged(tmp_path: Path) -> None:
    empty = without_samples(tmp_path / "empty.wav")
    assert sound_of(tmp_path, empty) == [("soundness_unknown", ["nothing_recorded", "no_copy_kept"])]


def test_packets_of_which_only_the_first_frame_is_decoded(tmp_path: Path) -> None:
    packed = several_frames_a_packet(tmp_path / "packed.3gp", FILES / "sound.amr")
    assert sound_of(tmp_path, packed) == [("soundness_unknown", ["copy_lasts_otherwise", "no_copy_kept"])]


def test_a_flac_is_what_its_encoder_was_given(tmp_path: Path) -> None:
    whole = tone(tmp_path / "whole.flac", "-ac", "2")
    data = bytearray(whole.read_bytes())
    cut = tmp_path / "cut.flac"
    cut.write_bytes(data[: data.rfind(b"\xff\xf8", 0, len(data) - 3000)])
    more = tmp_path / "more.flac"
    more.write_bytes(data[:25] + bytes([data[25] - 8]) + data[26:])  # the header says eight samples less
    data[30] ^= 0xFF
    other = tmp_path / "other.flac"
    other.write_bytes(data)
    assert sound_of(tmp_path, whole) == [("made", [])]
    assert sound_of(tmp_path, cut) == [("damaged_file", ["samples_differ"])]
    assert sound_of(tmp_path, other) == [("damaged_file", ["sound_md5_differs"])]
    assert sound_of(tmp_path, more) == [("made", []), ("soundness_unknown", ["samples_differ"])]


def test_a_cover_that_ffmpeg_does_not_know_is_no_damage(tmp_path: Path) -> None:
    covered = with_cover(tmp_path / "x.flac", tone(tmp_path / "a.flac"), b"image/avif")
    assert sound_of(tmp_path, covered) == [("made", []), ("soundness_unknown", ["tool_said"])]


def test_a_cover_is_told_as_left_out(tmp_path: Path) -> None:
    cover = ("-f", "lavfi", "-i", "color=red:s=64x64:d=1", "-map", "0", "-map", "1", "-frames:v", "1", "-c:v", "mjpeg")
    covered = tone(tmp_path / "x.mp3", *cover, "-disposition:v", "attached_pic")
    assert sound_of(tmp_path, covered) == [("made", []), ("partly_normalised", ["covers_left_out"])]


def test_time_stamps_out_of_order_are_no_damage(tmp_path: Path) -> None:
    """Two films joined by a program that leaves their time stamps as they were."""
    part = film(tmp_path / "a.ts", "-c:v", "mpeg2video", "-c:a", "mp2")
    both = joined(tmp_path / "both.ts", part, part)
    copies = made(tmp_path, "video/mp4", both)
    assert not [each for each in copies if isinstance(each, Refused) and each.code == "damaged_file"]


def test_a_page_of_ogg_that_is_damaged_or_missing(tmp_path: Path) -> None:
    """FFmpeg passes over it."""
    whole = tone(tmp_path / "whole.ogg", "-c:a", "libopus", "-page_duration", "20000")
    data = whole.read_bytes()
    pages = [at for at in range(len(data)) if data.startswith(b"OggS", at)]
    middle, behind = pages[len(pages) // 2], pages[len(pages) // 2 + 1]
    hole, gone = tmp_path / "hole.ogg", tmp_path / "gone.ogg"
    hole.write_bytes(data[: middle + 60] + bytes(20) + data[middle + 80 :])
    gone.write_bytes(data[:middle] + data[behind:])
    assert sound_of(tmp_path, whole) == [("made", [])]
    assert sound_of(tmp_path, hole) == [("damaged_file", ["ogg_page_damaged"])]
    assert sound_of(tmp_path, gone) == [("damaged_file", ["ogg_page_missing"])]


def test_an_mp3_that_is_shorter_than_its_encoder_said(tmp_path: Path) -> None:
    data = tone(tmp_path / "whole.mp3", "-c:a", "libmp3lame").read_bytes()
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(data[: len(data) // 2])
    assert sound_of(tmp_path, tmp_path / "whole.mp3") == [("made", [])]
    assert sound_of(tmp_path, cut) == [("made", []), ("soundness_unknown", ["bytes_missing"])]


@pytest.mark.parametrize("frayed", ["joined", "noise behind"])
def test_what_lies_between_or_behind_frames_is_no_damage(tmp_path: Path, frayed: str) -> None:
    whole = tone(tmp_path / "whole.mp3", "-c:a", "libmp3lame")
    odd = tmp_path / "odd.mp3"
    odd.write_bytes(whole.read_bytes() + (whole.read_bytes() if frayed == "joined" else bytes(range(1, 200)) * 15))
    told = [code for code, _ in sound_of(tmp_path, odd)]
    assert told[0] == "made" and "damaged_file" not in told


def test_a_track_in_which_nothing_was_recorded_is_told(tmp_path: Path) -> None:
    silent = film(tmp_path / "x.mkv", "-c:v", "mpeg2video", "-c:a", "flac", "-af", "atrim=0:0")
    (copy, told) = made(tmp_path, "video/mp4", silent)
    assert isinstance(copy, Made) and isinstance(told, Refused) and told.code == "partly_normalised"
