"""A record's files identified: findings that are worth telling, facts in full, few events."""

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from pipeline.domain.events import EventKind, Outcome
from pipeline.domain.formats import AUDIO, VIDEO, Verdict
from pipeline.domain.messages import message, word
from pipeline.domain.records import Identified, Received, Step
from pipeline.errors import ToolCrashed
from pipeline.formats.policy import load_policy
from pipeline.stages.identify import identify
from pipeline.tools.exiftool import ExifTool, Facts
from tests.makers.received import DEMO, DESCRIPTION, FILES, RECORD, WatchLog, bench_in, receive_into

POLICY = load_policy("county")


def identified(received: Received, folder: Path, *, copies_follow: bool = True) -> Step[Identified]:
    with bench_in(folder.parent) as toolbox:
        return identify(
            RECORD,
            received,
            folder=folder,
            toolbox=toolbox,
            policy=POLICY,
            copies_follow=copies_follow,
        )


def codes(step: Step[Identified]) -> dict[str, set[str]]:
    """Finding codes by the file's display name."""
    found: dict[str, set[str]] = {}
    for each in step.findings:
        found.setdefault(each.subject, set()).add(each.code)
    return found


def test_a_household_file_has_nothing_to_tell(tmp_path: Path) -> None:
    pages = {f"{n:03d}.tif": DEMO / "K021-ZY·FP·2019·Y-002" / f"{n:03d}.tif" for n in range(1, 9)}
    received = receive_into(tmp_path / "in", pages)
    step = identified(received, tmp_path / "in")
    assert step.findings == ()
    assert [file.path for file in step.value.files] == [file.path for file in received.files]
    assert all(file.soundness.verdict is Verdict.SOUND for file in step.value.files)
    assert all(file.format.puid == "fmt/353" for file in step.value.files)


def test_every_file_of_the_demonstration_is_good(tmp_path: Path) -> None:
    files = {str(path.relative_to(DEMO)): path for path in sorted(DEMO.rglob("*")) if path.is_file()}
    step = identified(receive_into(tmp_path / "in", files), tmp_path / "in")
    assert step.findings == ()


def test_each_defect_is_told_by_its_own_code(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    noise = tmp_path / "noise"
    noise.write_bytes(random.Random(1).randbytes(4000))
    received = receive_into(
        tmp_path / "in",
        {
            "空.pdf": empty,
            "不明.zzq9": noise,
            "扫描.tif": FILES / "text-named.tif",
            "照片.jpg": FILES / "truncated.jpg",
            "加密.pdf": FILES / "open-password.pdf",
            "加密.docx": FILES / "password.docx",
            "原片.cr2": FILES / "header-only.cr2",
            "好的.png": FILES / "sound.png",
            "录音.mp3": FILES / "sound.mp3",
        },
    )
    step = identified(received, tmp_path / "in")
    assert codes(step) == {
        "空.pdf": {"empty_file"},
        "不明.zzq9": {"format_unknown"},
        "扫描.tif": {"extension_lies"},
        "照片.jpg": {"damaged_file"},
        "加密.pdf": {"encrypted_file"},
        "加密.docx": {"encrypted_file"},
        "原片.cr2": {"soundness_unknown"},
    }
    assert {f.record for f in step.findings} == {DESCRIPTION.package_id}
    lie = next(f for f in step.findings if f.code == "extension_lies")
    assert (lie.fact("extension"), lie.fact("format")) == ("tif", word("format", "text/plain", shown="plain text"))
    damage = next(f for f in step.findings if f.code == "damaged_file")
    assert damage.fact("reason") and str(tmp_path) not in str(damage.fact("reason"))


def test_facts_of_tools_in_full(tmp_path: Path) -> None:
    photo = DEMO / "K021-ZP·2019·D30-025" / "001.jpg"
    received = receive_into(tmp_path / "in", {"1.jpg": photo, "1.mp4": FILES / "sound.mp4"})
    step = identified(received, tmp_path / "in")
    facts = {(tool, key): value for tool, key, value in step.value.files[0].facts}
    assert facts["exiftool", "IFD0:Model"] == "COOLPIX P6000"
    assert len(step.value.files[0].facts) > 50
    recording = {(tool, key) for tool, key, _ in step.value.files[1].facts}
    assert ("ffprobe", "streams.0.codec_name") in recording and ("exiftool", "File:MIMEType") in recording


def test_few_events_with_tool_and_version(tmp_path: Path) -> None:
    files = {f"{n}.jpg": DEMO / "K021-ZP·2019·D30-025" / "001.jpg" for n in range(20)}
    files["坏.jpg"] = FILES / "truncated.jpg"
    step = identified(receive_into(tmp_path / "in", files), tmp_path / "in")
    assert len(step.events) == 5
    assert all(event.agent.version for event in step.events)
    verdicts = {e.outcome: len(e.objects) for e in step.events if e.kind is EventKind.VALIDATION}
    assert verdicts == {Outcome.SUCCESS: 20, Outcome.FAILURE: 1}
    kinds = {event.kind for event in step.events}
    assert kinds == {EventKind.FORMAT_IDENTIFICATION, EventKind.VALIDATION, EventKind.METADATA_EXTRACTION}


def test_sound_alone_in_a_video_s_container_is_sound(tmp_path: Path) -> None:
    received = receive_into(tmp_path / "in", {"a.ogg": FILES / "sound.ogg", "b.mp4": FILES / "sound.mp4"})
    step = identified(received, tmp_path / "in")
    assert [file.format.kind for file in step.value.files] == [AUDIO, VIDEO]


def test_what_only_a_copy_would_have_read_to_its_end_is_told_where_none_is_made(tmp_path: Path) -> None:
    files = {"a.flac": FILES / "sound.flac", "b.doc": FILES / "sound.doc", "c.jpg": FILES / "sound.jpg"}
    received = receive_into(tmp_path / "in", files)
    assert codes(identified(received, tmp_path / "in")) == {}
    step = identified(received, tmp_path / "in", copies_follow=False)
    assert codes(step) == {"a.flac": {"soundness_unknown"}, "b.doc": {"soundness_unknown"}}
    assert step.value.files[0].soundness.verdict is Verdict.COULD_NOT_TELL
    assert step.value.files[0].soundness.reason == message("read_by_copying_only")


def test_the_watch_hears_of_every_file_before_it_is_touched(tmp_path: Path) -> None:
    received = receive_into(tmp_path / "in", {"甲.jpg": FILES / "sound.jpg", "乙.png": FILES / "sound.png"})
    with bench_in(tmp_path) as toolbox:
        identify(RECORD, received, folder=tmp_path / "in", toolbox=toolbox, policy=POLICY)
        assert isinstance(toolbox.watch, WatchLog)
        begun = [subject for subject, _ in toolbox.watch.begun]
    assert begun == [DESCRIPTION.archival_code, "甲.jpg", "乙.png"]


@pytest.mark.parametrize("path", sorted(FILES.iterdir()), ids=lambda p: p.name)
def test_no_file_brings_it_down_and_the_result_survives_the_journal(tmp_path: Path, path: Path) -> None:
    step = identified(receive_into(tmp_path / "in", {path.name: path}), tmp_path / "in")
    assert msgspec.json.decode(msgspec.json.encode(step), type=Step[Identified]) == step


def test_an_empty_record(tmp_path: Path) -> None:
    step = identified(receive_into(tmp_path / "in", {}), tmp_path / "in")
    assert step.value.files == () and step.findings == ()


def test_names_that_are_not_utf8_are_shown(tmp_path: Path) -> None:
    received = receive_into(tmp_path / "in", {"照片.jpg".encode("gb18030"): FILES / "truncated.jpg"})
    assert set(codes(identified(received, tmp_path / "in"))) == {"照片.jpg"}


class Fragile(ExifTool):
    """ExifTool that dies of one file."""

    def read(self, paths: Sequence[Path], *, seconds: float, silence: float = 60) -> dict[Path, Facts]:
        """Dies where the second file is among them."""
        if any(path.name.startswith("0002") for path in paths):
            raise ToolCrashed(message("helper_died", tool="exiftool", cause="SIGSEGV"), tool="exiftool")
        return super().read(paths, seconds=seconds, silence=silence)


def test_a_file_that_kills_exiftool_costs_its_own_facts_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.stages.identify.ExifTool", Fragile)
    files: dict[str | bytes, Path] = dict.fromkeys(("a.jpg", "b.jpg", "c.jpg"), FILES / "sound.jpg")
    step = identified(receive_into(tmp_path / "in", files), tmp_path / "in")
    assert codes(step) == {"b.jpg": {"facts_not_read"}}
    assert [bool(file.facts) for file in step.value.files] == [True, False, True]
    assert {file.soundness.verdict for file in step.value.files} == {Verdict.SOUND}
    (read,) = [e for e in step.events if e.kind is EventKind.METADATA_EXTRACTION]
    assert read.objects == ("data/original/a.jpg", "data/original/c.jpg")
