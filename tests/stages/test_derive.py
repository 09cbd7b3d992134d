"""Reading copies: what is made of what, that nothing is lost, and that nothing happens to the originals."""

import hashlib
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pytest
import pyvips
from PIL import Image

from pipeline.domain.digests import Algorithm
from pipeline.domain.events import Agent, EventKind, Outcome
from pipeline.domain.formats import Soundness, Verdict
from pipeline.domain.messages import told_by_program
from pipeline.domain.records import Derived, Identified, Received, Role, Step
from pipeline.errors import HouseError, MissingTool, StorageFull, ToolCrashed, ToolFailed, ToolGarbled, ToolTimedOut
from pipeline.formats.handler import DECODING, OFFICE, Action, Handlers, Made, Refused, all_handlers
from pipeline.formats.policy import FormatPolicy, Rule, load_policy
from pipeline.stages.derive import derive
from pipeline.stages.identify import identify
from pipeline.tools import ffprobe
from pipeline.tools.exiftool import ExifTool
from pipeline.tools.run import run
from pipeline.tools.toolbox import Toolbox, open_toolbox
from pipeline.tools.worker import WorkersByKind
from tests.makers import real_files
from tests.makers.received import (
    DEMO,
    DESCRIPTION,
    FILES,
    LIMITS,
    RECORD,
    FixedClock,
    HereWorkers,
    bench_in,
    receive_into,
)

POLICY = load_policy("county")
TITLE = "关于𠮷林乡扶贫工作 -execute 的报告"


def derived(
    folder: Path, files: dict[str | bytes, Path], *, images: str = "pages", enabled: bool = True, out: str = "out"
) -> Step[Derived]:
    originals = folder / "in"
    received = receive_into(originals, files)
    before = {path.name: path.read_bytes() for path in originals.iterdir()}
    (folder / out).mkdir()
    with bench_in(folder) as toolbox:
        step = identify(RECORD, received, folder=originals, toolbox=toolbox, policy=POLICY)
        done = derive(
            RECORD,
            received,
            step.value,
            originals=originals,
            folder=folder / out,
            workers=HereWorkers(toolbox=toolbox),
            clock=toolbox.clock,
            policy=POLICY,
            images=images,
            digests=(Algorithm.SHA256, Algorithm.SHA512),
            enabled=enabled,
        )
    assert {path.name: path.read_bytes() for path in originals.iterdir()} == before, "an original was changed"
    for file in done.value.files:
        data = (folder / out / file.work_name).read_bytes()
        assert file.size == len(data) and file.sha256 == hashlib.sha256(data).hexdigest()
        assert {d.algorithm for d in file.digests} == {Algorithm.SHA256, Algorithm.SHA512}
        assert file.role is Role.ACCESS and file.format.puid
    return done


def facts_of(path: Path, folder: Path) -> dict[str, str]:
    tool = ExifTool(folder)
    try:
        return dict(tool.read([path], seconds=60)[path])
    finally:
        tool.close()


def test_page_images_become_one_pdf_in_page_order(tmp_path: Path) -> None:
    pages = {f"{n:03d}.jpg": DEMO / "K021-ZY·FP·2019·Y-003" / f"{n:03d}.jpg" for n in range(1, 5)}
    step = derived(tmp_path, pages)
    (file,) = step.value.files
    assert file.path == "data/access/K021-WS·2019·Y-0012.pdf"
    assert file.sources == tuple(f"data/original/{name}" for name in pages)
    with pikepdf.open(tmp_path / "out" / file.work_name) as pdf:
        for page, source in zip(pdf.pages, pages.values(), strict=True):
            (picture,) = page.get_images().values()
            plain, whole = picture.read_raw_bytes(), source.read_bytes()
            assert plain[plain.index(b"\xff\xda") :] == whole[whole.rindex(b"\xff\xda") :]
        assert str(pdf.docinfo["/Title"]) == TITLE
    assert step.findings == ()


def test_pages_of_every_kind_in_one_pdf(tmp_path: Path) -> None:
    """Mirrored, deep, HEIC, many-paged and transparent ones keep their place."""
    files = {
        "1.jpg": FILES / "sound.jpg",
        "2.heic": FILES / "small.heic",
        "3.tif": FILES / "multipage.tif",
        "4.png": FILES / "sound.png",
        "5.webp": FILES / "sound.webp",
        "6.jp2": FILES / "sound.jp2",
        "7.tif": real_files.tiff(tmp_path / "lzw.tif", pages=2),
        "8.bmp": FILES / "sound.bmp",
    }
    step = derived(tmp_path, files)
    (file,) = step.value.files
    with pikepdf.open(tmp_path / "out" / file.work_name) as pdf:
        assert len(pdf.pages) == 11
    detail = next(e.detail for e in step.events if e.kind is EventKind.NORMALIZATION)
    assert "without encoding again" in detail and "as JPEG quality 90" in detail


def test_photos_become_a_jpeg_each_with_the_description_inside(tmp_path: Path) -> None:
    folder = DEMO / "K021-ZP·2019·D30-025"
    step = derived(tmp_path, {"照片一.JPG": folder / "001.jpg", "竖.jpg": folder / "005.jpg"}, images="photos")
    assert [file.path for file in step.value.files] == ["data/access/照片一.jpg", "data/access/竖.jpg"]
    facts = facts_of(tmp_path / "out" / step.value.files[1].work_name, tmp_path)
    assert (facts["File:ImageWidth"], facts["File:ImageHeight"]) == ("600", "450")
    assert facts.get("IFD0:Orientation", "1") == "1"
    assert facts["XMP-dc:Title"] == TITLE and facts["XMP-dc:Title-zh"] == TITLE
    assert facts["XMP-dc:Identifier"] == DESCRIPTION.archival_code
    assert facts["XMP-dc:Source"] == "K021" and facts["XMP-dc:Creator"] == '["某县扶贫办"]'
    assert facts["XMP-dc:Date"] == '["2019:04:12"]' and facts["XMP-dc:Rights"] == "开放"


@pytest.mark.parametrize("name", ["1.tif", "1.jp2", "1.png", "1.webp"])
def test_what_the_camera_wrote_is_in_the_copy_whatever_the_format(tmp_path: Path, name: str) -> None:
    turned = DEMO / "K021-ZP·2019·D30-025" / "005.jpg"
    camera = DEMO / "K021-ZP·2019·D30-025" / "001.jpg"
    pyvips.Image.jpegload(str(turned)).copy(interpretation="srgb").write_to_file(str(tmp_path / name), strip=True)
    tags = ("-tagsFromFile", str(camera), "-EXIF:all", "-EXIF:Orientation#=6", "-EXIF:ExifImageWidth=4000")
    arguments = ("-overwrite_original", *tags, str(tmp_path / name))
    run(["exiftool", *arguments], subject=name, seconds=60, scratch=tmp_path)
    step = derived(tmp_path, {name: tmp_path / name}, images="photos")
    facts = facts_of(tmp_path / "out" / step.value.files[0].work_name, tmp_path)
    wanted = facts_of(camera, tmp_path)
    for key in ("IFD0:Make", "IFD0:Model", "ExifIFD:DateTimeOriginal", "ExifIFD:FNumber"):
        assert facts[key] == wanted[key]
    assert not any(key.startswith("GPS") for key in facts), "where it was taken stays in the original"
    assert facts.get("IFD0:Orientation", "1") == "1" and facts.get("ExifIFD:ExifImageWidth") != "4000"


def test_a_photo_that_is_a_reading_copy_already_is_not_encoded_again(tmp_path: Path) -> None:
    photo = DEMO / "K021-ZP·2019·D30-025" / "001.jpg"
    step = derived(tmp_path, {"a.jpg": photo}, images="photos")
    made = (tmp_path / "out" / step.value.files[0].work_name).read_bytes()
    scan = photo.read_bytes()[photo.read_bytes().rindex(b"\xff\xda") :]
    assert made.endswith(scan)


def test_a_raw_photo_is_kept_as_it_came(tmp_path: Path) -> None:
    step = derived(tmp_path, {"a.cr2": FILES / "header-only.cr2"}, images="photos")
    assert step.value.files == ()
    assert [(f.code, f.subject) for f in step.findings] == [("not_normalised", "a.cr2")]


def test_originals_that_differ_in_their_extension_only_get_different_names(tmp_path: Path) -> None:
    photo = FILES / "sound.jpg"
    files = {"a.jpg": photo, "a.png": FILES / "sound.png", "A.JPEG": photo, "a/b.jpg": photo, "无扩展名": photo}
    step = derived(tmp_path, files, images="photos")
    paths = [file.path for file in step.value.files]
    assert len({path.casefold() for path in paths}) == 5
    assert paths[:3] == ["data/access/a~2.jpg", "data/access/a.png.jpg", "data/access/A.jpg"]
    assert paths[4] == "data/access/无扩展名.jpg"


def test_video_and_sound(tmp_path: Path) -> None:
    movie = DEMO / "K021-LX·2019·Y-001" / "001.mov"
    step = derived(tmp_path, {"录像.mov": movie, "录音.wav": FILES / "sound.wav"})
    assert [file.path for file in step.value.files] == ["data/access/录像.mp4", "data/access/录音.m4a"]
    assert [file.format.media_type for file in step.value.files] == ["video/mp4", "audio/mp4"]
    for file in step.value.files:
        assert facts_of(tmp_path / "out" / file.work_name, tmp_path)["XMP-dc:Title"] == TITLE
    video = ffprobe.probe(tmp_path / "out" / "d00001.mp4", subject="x", scratch=tmp_path)
    assert [t.codec for t in video.tracks("video")] == ["h264"]
    read = [e for e in step.events if e.kind is EventKind.VALIDATION]
    assert {path for event in read for path in event.objects} == {"data/original/录像.mov", "data/original/录音.wav"}


def test_a_video_that_browsers_play_is_copied_track_by_track(tmp_path: Path) -> None:
    step = derived(tmp_path, {"a.mp4": FILES / "sound.mp4"})
    detail = next(e.detail for e in step.events if e.kind is EventKind.NORMALIZATION)
    assert "-c:v copy" in detail and "-c:a copy" in detail and str(tmp_path) not in detail


def test_a_recording_that_does_not_decode_is_damaged(tmp_path: Path) -> None:
    data = bytearray((FILES / "sound.flac").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    (tmp_path / "hurt.flac").write_bytes(data)
    step = derived(tmp_path, {"录音.flac": tmp_path / "hurt.flac"})
    assert step.value.files == ()
    assert [(f.code, f.subject) for f in step.findings] == [("damaged_file", "录音.flac")]


def test_office_documents_become_pdf(tmp_path: Path) -> None:
    files = {"报告.docx": FILES / "sound.docx", "报告.doc": FILES / "sound.doc", "表.xlsx": FILES / "sound.xlsx"}
    step = derived(tmp_path, files)
    names = [file.path for file in step.value.files]
    assert names == ["data/access/报告.pdf", "data/access/报告.doc.pdf", "data/access/表.pdf"]
    for file in step.value.files:
        with pikepdf.open(tmp_path / "out" / file.work_name) as pdf:
            assert str(pdf.docinfo["/Title"]) == TITLE


def test_a_document_that_will_not_open_costs_only_its_own_copy(tmp_path: Path) -> None:
    """Locked, and nobody has noticed before."""
    received = receive_into(tmp_path / "in", {"坏.docx": FILES / "password.docx", "好.docx": FILES / "sound.docx"})
    (tmp_path / "out").mkdir()
    with bench_in(tmp_path) as toolbox:
        value = identify(RECORD, received, folder=tmp_path / "in", toolbox=toolbox, policy=POLICY).value
        taken_for = replace(value.files[0], format=value.files[1].format)
        step = derive(
            RECORD,
            received,
            replace(value, files=(taken_for, value.files[1])),
            originals=tmp_path / "in",
            folder=tmp_path / "out",
            workers=HereWorkers(toolbox=toolbox),
            clock=toolbox.clock,
            policy=POLICY,
            images="pages",
            digests=(Algorithm.SHA256,),
            enabled=True,
        )
    assert [file.path for file in step.value.files] == ["data/access/好.pdf"]
    assert [(f.code, f.subject) for f in step.findings] == [("derived_copy_missing", "坏.docx")]


def test_a_pdf_is_copied_with_its_description(tmp_path: Path) -> None:
    step = derived(tmp_path, {"a.pdf": FILES / "pdfa-1b.pdf"})
    (file,) = step.value.files
    assert file.path == "data/access/a.pdf" and file.format.puid == "fmt/354"


@pytest.mark.parametrize("name", ["open-password.pdf", "hello.ofd", "password.docx", "blns.txt"])
def test_what_is_left_alone_is_told(tmp_path: Path, name: str) -> None:
    step = derived(tmp_path, {name: FILES / name})
    assert step.value.files == () and [f.code for f in step.findings] == ["not_normalised"]


def test_text_is_its_own_reading_copy(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("兰台", "utf-8")
    step = derived(tmp_path, {"说明.txt": tmp_path / "a"})
    assert step == Step(value=step.value) and step.value.files == ()


def test_switched_off_nothing_is_made(tmp_path: Path) -> None:
    step = derived(tmp_path, {"a.jpg": FILES / "sound.jpg"}, enabled=False)
    assert step.value.files == () and step.events == () and step.findings == ()


@pytest.mark.parametrize("images", ["pages", "photos"])
def test_the_same_record_gives_the_same_bytes(tmp_path: Path, images: str) -> None:
    files: dict[str | bytes, Path] = {
        "1.jpg": FILES / "sound.jpg",
        "2.png": FILES / "sound.png",
        "3.heic": FILES / "small.heic",
        "4.wav": FILES / "sound.wav",
        "5.pdf": FILES / "sound.pdf",
    }
    steps = []
    for again in ("a", "b"):
        (tmp_path / again).mkdir()
        steps.append(derived(tmp_path / again, files, images=images))
    assert steps[0] == steps[1]


def test_the_result_survives_the_journal(tmp_path: Path) -> None:
    step = derived(tmp_path, {"a.jpg": FILES / "sound.jpg", "b.ofd": FILES / "hello.ofd"}, images="photos")
    assert msgspec.json.decode(msgspec.json.encode(step), type=Step[Derived]) == step


def test_damaged_and_empty_originals_are_not_touched(tmp_path: Path) -> None:
    received = receive_into(tmp_path / "in", {"a.jpg": FILES / "sound.jpg"})
    (tmp_path / "out").mkdir()
    with bench_in(tmp_path) as toolbox:
        value: Identified = identify(RECORD, received, folder=tmp_path / "in", toolbox=toolbox, policy=POLICY).value
        hurt = replace(value.files[0], soundness=Soundness(verdict=Verdict.DAMAGED, by="test"))
        step = derive(
            RECORD,
            received,
            replace(value, files=(hurt,)),
            originals=tmp_path / "in",
            folder=tmp_path / "out",
            workers=HereWorkers(toolbox=toolbox),
            clock=toolbox.clock,
            policy=POLICY,
            images="photos",
            digests=(Algorithm.SHA256,),
            enabled=True,
        )
    assert step.value.files == ()


@pytest.mark.parametrize("images", ["pages", "photos"])
def test_a_picture_beyond_the_limit_is_not_decoded_here_either(tmp_path: Path, images: str) -> None:
    """Identifying has told it; a profile may let such a record go on."""
    received = receive_into(tmp_path / "in", {"大图.png": FILES / "sound.png"})
    (tmp_path / "out").mkdir()
    with bench_in(tmp_path, replace(LIMITS, max_pixels=1000)) as toolbox:
        value = identify(RECORD, received, folder=tmp_path / "in", toolbox=toolbox, policy=POLICY).value
        step = derive(
            RECORD,
            received,
            value,
            originals=tmp_path / "in",
            folder=tmp_path / "out",
            workers=HereWorkers(toolbox=toolbox),
            clock=toolbox.clock,
            policy=POLICY,
            images=images,
            digests=(Algorithm.SHA256,),
            enabled=True,
        )
    assert step.value.files == () and [f.code for f in step.findings] == ["not_normalised"]


def marked(path: Path, **options: Any) -> Path:
    """A page of one bit, black in the upper left corner as it is meant to be read."""
    page = Image.new("1", (80, 60), 1)
    page.paste(0, (0, 0, 20, 20))
    turned = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[options.get("tiffinfo", {}).get(274, 1)]
    (page if turned is None else page.transpose(Image.Transpose(turned))).save(path, **options)
    return path


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_stored_turned_is_upright_on_its_page(tmp_path: Path, compression: str, orientation: int) -> None:
    path = marked(tmp_path / "a.tif", compression=compression, tiffinfo={274: orientation}, dpi=(300, 300))
    step = derived(tmp_path, {"1.tif": path})
    with pikepdf.open(tmp_path / "out" / step.value.files[0].work_name) as pdf:
        (picture,) = pdf.pages[0].get_images().values()
        seen = pikepdf.PdfImage(picture).as_pil_image().convert("L")
        assert "/Rotate" not in pdf.pages[0] and picture["/BitsPerComponent"] == 1
    assert seen.size == (80, 60)
    assert [seen.getpixel(at) for at in ((5, 5), (75, 5), (5, 55), (75, 55))] == [0, 255, 255, 255]


def with_profile(source: Path, target: Path) -> Path:
    """A JPEG 2000 whose colours are told by an ICC profile instead of by a number (ISO 15444-1, I.5.3.3)."""
    data = bytearray(source.read_bytes())
    at = data.index(b"colr") - 4
    length = int.from_bytes(data[at : at + 4], "big")
    profile = bytes(pyvips.Image.profile_load("srgb"))
    told = b"colr" + b"\x02\0\0" + profile
    data[at : at + length] = (len(told) + 4).to_bytes(4, "big") + told
    above = data.index(b"jp2h") - 4
    grown = int.from_bytes(data[above : above + 4], "big") + len(told) + 4 - length
    data[above : above + 4] = grown.to_bytes(4, "big")
    target.write_bytes(data)
    return target


def test_pictures_that_pdf_cannot_hold_as_they_are_become_pages_all_the_same(tmp_path: Path) -> None:
    """Sixteen bits beside transparency; JPEG 2000 with a colour profile of its own; a codec that Pillow lacks."""
    deep = (pyvips.Image.black(64, 48, bands=4) + 65535).cast("ushort")
    deep.copy(interpretation="rgb16").pngsave(str(tmp_path / "deep.png"))
    deep.extract_band(0, n=2).copy(interpretation="grey16").pngsave(str(tmp_path / "deep-grey.png"))
    flat = pyvips.Image.black(64, 48, bands=3).copy(interpretation="srgb")
    flat.tiffsave(str(tmp_path / "webp.tif"), compression="webp")
    files = {
        "1.png": tmp_path / "deep.png",
        "2.png": tmp_path / "deep-grey.png",
        "3.tif": tmp_path / "webp.tif",
        "4.jp2": with_profile(FILES / "sound.jp2", tmp_path / "profile.jp2"),
    }
    step = derived(tmp_path, files)
    with pikepdf.open(tmp_path / "out" / step.value.files[0].work_name) as pdf:
        assert len(pdf.pages) == 4
    assert step.findings == ()


def test_a_pyramid_is_one_page(tmp_path: Path) -> None:
    page = pyvips.Image.black(1024, 512, bands=3).copy(interpretation="srgb")
    page.tiffsave(str(tmp_path / "a.tif"), tile=True, pyramid=True, compression="deflate")
    step = derived(tmp_path, {"1.tif": tmp_path / "a.tif"})
    with pikepdf.open(tmp_path / "out" / step.value.files[0].work_name) as pdf:
        (picture,) = pdf.pages[0].get_images().values()
        assert len(pdf.pages) == 1 and picture["/Width"] == 1024


def recorded(folder: Path, name: str, *arguments: str) -> Path:
    """A recording made by FFmpeg itself."""
    run(["ffmpeg", "-v", "error", *arguments, str(folder / name)], subject=name, seconds=60, scratch=folder)
    return folder / name


def test_half_pictures_become_whole_ones(tmp_path: Path) -> None:
    """Interlaced video from tape and camcorders, H.264 among it, which browsers would show as combs."""
    half = ("-f", "lavfi", "-i", "testsrc=s=64x48:d=1:r=50", "-vf", "tinterlace=interleave_top,setfield=tff")
    tape = recorded(tmp_path, "tape.mpg", *half, "-c:v", "mpeg2video", "-flags", "+ildct+ilme")
    camcorder = recorded(tmp_path, "camcorder.mts", *half, "-c:v", "libx264", "-flags", "+ildct+ilme")
    step = derived(tmp_path, {"1.mpg": tape, "2.mts": camcorder})
    for file in step.value.files:
        video = ffprobe.probe(tmp_path / "out" / file.work_name, subject="x", scratch=tmp_path)
        assert not video.tracks("video")[0].interlaced and ("streams.0.field_order", "progressive") in video.facts
    details = [e.detail for e in step.events if e.kind is EventKind.NORMALIZATION]
    assert all("yadif" in detail for detail in details)


def test_a_time_without_a_day_does_not_become_today_s(tmp_path: Path) -> None:
    """Broadcast Wave keeps day and hour apart; FFmpeg takes an hour for one of today."""
    hours = ("-metadata", "origination_time=10:00:00", "-write_bext", "1")
    source = recorded(tmp_path, "a.wav", "-f", "lavfi", "-i", "sine=d=1:r=8000", *hours)
    before = ffprobe.probe(source, subject="x", scratch=tmp_path)
    assert ("format.tags.creation_time", "10:00:00") in before.facts and not before.dated
    step = derived(tmp_path, {"1.wav": source, "2.mov": DEMO / "K021-LX·2019·Y-001" / "001.mov"})
    sound, video = (
        dict(ffprobe.probe(tmp_path / "out" / file.work_name, subject="x", scratch=tmp_path).facts)
        for file in step.value.files
    )
    assert "format.tags.creation_time" not in sound
    assert video["format.tags.creation_time"].startswith("2012-11-16T17:40:21")


def test_what_a_copy_leaves_out_is_told(tmp_path: Path) -> None:
    """Pages behind the first of a photo, frames of a moving picture, subtitles of a film."""
    album = real_files.tiff(tmp_path / "album.tif", pages=3)
    frames = pyvips.Image.arrayjoin([pyvips.Image.black(32, 24), pyvips.Image.black(32, 24) + 255], across=1)
    moving = frames.cast("uchar").copy(interpretation="b-w")
    moving.set_type(pyvips.GValue.gint_type, "page-height", 24)
    moving.gifsave(str(tmp_path / "moving.gif"))
    (tmp_path / "s.srt").write_text("1\n00:00:00,000 --> 00:00:00,500\n你好\n", "utf-8")
    film = ("-f", "lavfi", "-i", "testsrc=s=64x48:d=1", "-i", str(tmp_path / "s.srt"), "-c:v", "mpeg4", "-c:s", "srt")
    files = {"1.tif": album, "2.gif": tmp_path / "moving.gif", "3.mkv": recorded(tmp_path, "film.mkv", *film)}
    (tmp_path / "p").mkdir()
    photos = derived(tmp_path, files, images="photos")
    pages = derived(tmp_path / "p", files)
    assert [(f.code, f.subject) for f in photos.findings] == [("partly_normalised", name) for name in files]
    assert [(f.code, f.subject) for f in pages.findings] == [("partly_normalised", n) for n in ("2.gif", "3.mkv")]


# A derivation that fails


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaking:
    """Workers in which some calls break, as a tool does that dies of one file."""

    toolbox: Toolbox
    breaks: Callable[[str, tuple[Any, ...]], Exception | None]
    """Given the name of the work and its arguments."""

    def call(self, kind: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The work done here, unless it breaks."""
        error = self.breaks(work.__name__, args)
        if error is not None:
            raise error
        return work(self.toolbox, *args, **kwargs)


def broken(
    folder: Path,
    files: dict[str | bytes, Path],
    breaks: Callable[[str, tuple[Any, ...]], Exception | None] = lambda work, args: None,
    *,
    images: str = "photos",
    policy: FormatPolicy = POLICY,
) -> Step[Derived]:
    received = receive_into(folder / "in", files)
    (folder / "out").mkdir()
    with bench_in(folder) as toolbox:
        seen = identify(RECORD, received, folder=folder / "in", toolbox=toolbox, policy=POLICY)
        return derive(
            RECORD,
            received,
            seen.value,
            originals=folder / "in",
            folder=folder / "out",
            workers=Breaking(toolbox=toolbox, breaks=breaks),
            policy=policy,
            images=images,
            digests=(Algorithm.SHA256,),
            clock=toolbox.clock,
            enabled=True,
        )


def paths(step: Step[Derived]) -> list[str]:
    return [file.path for file in step.value.files]


def missing(step: Step[Derived]) -> list[tuple[str, str]]:
    """(subject, copy) of what is told missing; nothing else may be told."""
    assert {f.code for f in step.findings} <= {"derived_copy_missing"}
    return [(f.subject, str(f.fact("copy"))) for f in step.findings]


LOST = [
    ToolCrashed(told_by_program("died"), tool="worker", subject="b.jpg"),
    ToolTimedOut(told_by_program("hung"), tool="worker", subject="b.jpg"),
    ToolFailed(told_by_program("failed"), tool="libvips", subject="b.jpg"),
    ToolGarbled(told_by_program("garbled"), tool="libvips", subject="b.jpg"),
]
PHOTOS: dict[str | bytes, Path] = dict.fromkeys(("a.jpg", "b.jpg", "c.jpg"), FILES / "sound.jpg")


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_a_tool_that_breaks_over_one_file_costs_that_copy_alone(tmp_path: Path, error: Exception) -> None:
    def breaks(work: str, args: tuple[Any, ...]) -> Exception | None:
        return error if work == "make" and args[2][0].subject == "b.jpg" else None

    step = broken(tmp_path, PHOTOS, breaks)
    assert paths(step) == ["data/access/a.jpg", "data/access/c.jpg"]
    assert missing(step) == [("b.jpg", "access")]
    failures = [e for e in step.events if e.outcome is Outcome.FAILURE]
    assert [(e.kind, e.sources) for e in failures] == [(EventKind.NORMALIZATION, ("data/original/b.jpg",))]


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_a_copy_that_takes_no_description_is_not_kept_and_the_others_are(tmp_path: Path, error: Exception) -> None:
    """All are described in one command; where that breaks, one by one."""

    def breaks(work: str, args: tuple[Any, ...]) -> Exception | None:
        return error if (work == "embed_in_jpeg" and len(args[1]) != 1) or "b.jpg" in args else None

    step = broken(tmp_path, PHOTOS, breaks)
    assert paths(step) == ["data/access/a.jpg", "data/access/c.jpg"] and missing(step) == [("b.jpg", "access")]
    assert sorted(p.name for p in (tmp_path / "out").iterdir() if p.is_file()) == ["d00001.jpg", "d00002.jpg"]


def test_pages_that_cannot_become_one_pdf_cost_that_pdf(tmp_path: Path) -> None:
    def breaks(work: str, args: tuple[Any, ...]) -> Exception | None:
        return LOST[0] if work == "make" and len(args[2]) > 1 else None

    files = {**PHOTOS, "d.pdf": FILES / "sound.pdf"}
    step = broken(tmp_path, files, breaks, images="pages")
    assert paths(step) == ["data/access/d.pdf"] and missing(step) == [(DESCRIPTION.archival_code, "access")]


def test_office_documents_are_converted_one_by_one_where_all_at_once_break(tmp_path: Path) -> None:
    def breaks(work: str, args: tuple[Any, ...]) -> Exception | None:
        return LOST[1] if work == "make" and any(source.subject == "b.docx" for source in args[2]) else None

    step = broken(tmp_path, {"a.docx": FILES / "sound.docx", "b.docx": FILES / "sound.docx"}, breaks)
    assert paths(step) == ["data/access/a.pdf"] and missing(step) == [("b.docx", "access")]


@pytest.mark.parametrize(
    "error", [MissingTool(told_by_program("none"), tool="ffmpeg"), HouseError("ours"), OSError(5, "EIO")]
)
def test_what_is_no_file_s_fault_is_raised(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)):
        broken(tmp_path, PHOTOS, lambda work, args: error if work == "make" else None)


def test_on_a_full_disk_no_tool_and_no_file_is_to_blame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages._guard._ROOM", 2**62)
    with pytest.raises(StorageFull):
        broken(tmp_path, PHOTOS, lambda work, args: LOST[2] if work == "make" else None)


def die_of(originals: Any, parameters: Any, folder: Path, toolbox: Toolbox) -> Iterator[Made | Refused]:
    """An action whose decoder is killed by one file."""
    for original in originals:
        toolbox.announce(original.subject, original.size)
        if original.subject == "b.jpg":
            os.kill(os.getpid(), signal.SIGSEGV)
        shutil.copyfile(original.path, folder / "x.jpg")
        agent = Agent(name="x", version="1")
        yield Made(path=folder / "x.jpg", extension="jpg", sources=(original,), agent=agent, detail="copied")


def test_a_real_worker_that_is_killed_costs_one_copy(tmp_path: Path) -> None:
    received = receive_into(tmp_path / "in", PHOTOS)
    (tmp_path / "out").mkdir()
    image = replace(all_handlers().by_name["image"], actions={"photo": Action(make=die_of)})
    handlers = Handlers.of({**all_handlers().by_name, "image": image})
    workers = WorkersByKind(
        {DECODING: 1, OFFICE: 1}, partial(open_toolbox, LIMITS, clock=FixedClock(), scratch=tmp_path)
    )
    try:
        step = derive(
            RECORD,
            received,
            workers.call(DECODING, identified, received, tmp_path / "in"),
            originals=tmp_path / "in",
            folder=tmp_path / "out",
            workers=workers,
            policy=replace(POLICY, rules=(Rule(handler="image", action="photo"),)),
            images="photos",
            digests=(Algorithm.SHA256,),
            clock=FixedClock(),
            enabled=True,
            handlers=handlers,
        )
    finally:
        workers.close()
    assert paths(step) == ["data/access/a.jpg", "data/access/c.jpg"] and missing(step) == [("b.jpg", "access")]
    assert "SIGSEGV" in str(step.findings[0].fact("reason"))


def identified(toolbox: Toolbox, received: Received, folder: Path) -> Identified:
    return identify(RECORD, received, folder=folder, toolbox=toolbox, policy=POLICY).value


# Several copies of one file


def rule(handler: str, action: str, role: Role = Role.ACCESS, **columns: Any) -> Rule:
    return Rule(handler=handler, action=action, role=role, **columns)


MASTER_AND_COPY = replace(
    POLICY,
    rules=(
        rule("pdf", "copy", needs=("preservation",)),
        rule("image", "pages", Role.PRESERVATION, kind="image"),
        rule("image", "photo", kind="image"),
        rule("image", "photo", kind="image", parameters={"longest_side": 200}),
    ),
)


def test_a_page_has_a_master_and_a_reading_copy_and_what_is_made_of_the_master(tmp_path: Path) -> None:
    step = broken(tmp_path, PHOTOS, policy=MASTER_AND_COPY)
    code = DESCRIPTION.archival_code
    master, photos = f"data/preservation/{code}.pdf", [f"data/access/{n}.jpg" for n in "abc"]
    assert paths(step) == [master, *photos, f"data/access/{code}.pdf"]
    made_of = {file.path: file.sources for file in step.value.files}
    assert made_of[f"data/access/{code}.pdf"] == (master,)
    assert made_of[master] == tuple(f"data/original/{name}" for name in PHOTOS)
    assert {file.role for file in step.value.files} == {Role.PRESERVATION, Role.ACCESS}
    assert step.findings == ()
    sources = {path for event in step.events for path in event.sources}
    assert master in sources and not any(path.startswith("d0") for path in sources)


def test_without_its_master_the_copy_of_it_is_told_missing_too(tmp_path: Path) -> None:
    def breaks(work: str, args: tuple[Any, ...]) -> Exception | None:
        return LOST[0] if work == "make" and len(args[2]) > 1 else None

    step = broken(tmp_path, PHOTOS, breaks, policy=MASTER_AND_COPY)
    assert paths(step) == [f"data/access/{n}.jpg" for n in "abc"]
    code = DESCRIPTION.archival_code
    assert missing(step) == [(code, "preservation"), (code, "access")]
