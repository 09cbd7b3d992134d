"""What is measured: each case makes its material, runs `lantai` as a person types it, and returns its lines."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.bootstrap import SystemClock
from pipeline.profiles import DEFAULT_PROFILE, load_profile
from pipeline.register.sqlite import open_register
from pipeline.stages.receive import receive
from pipeline.stages.survey import survey
from pipeline.stores import StoreSettings, prepare_store
from tests.benchmarks.measure import MIB, Run, measured, median, settled, timed
from tests.makers.deliveries import delivery
from tests.makers.real_files import huge_video_delivery, photo_delivery
from tests.makers.real_packages import an_index, copies_of, some_members
from tests.makers.terminal import LANTAI, Terminal

S3 = "LANTAI_TEST_S3_"
MEMBERS = 70
"""Members of a package in the long register: some fifty pages, their derived copies, and metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much material. `times`: short measurements are medians of so many."""

    records: int
    photos: int
    photo_bytes: int
    video_bytes: int
    packages: int
    times: int
    small: int

    @property
    def room(self) -> int:
        """Bytes that must be free: delivery, workspace, store, and the copy it is compared with."""
        return 5 * max(self.video_bytes, self.records * self.photos * self.photo_bytes) + 512 * MIB


FULL = Sizes(records=20, photos=50, photo_bytes=300_000, video_bytes=4 << 30, packages=10_000, times=3, small=5_000)
QUICK = Sizes(records=4, photos=10, photo_bytes=300_000, video_bytes=256 * MIB, packages=500, times=1, small=300)
TINY = Sizes(records=2, photos=2, photo_bytes=30_000, video_bytes=2 * MIB, packages=10, times=1, small=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the table; `ok` is None where nothing is wanted of it."""

    what: str
    measured: str
    wanted: str = ""
    ok: bool | None = None


class Site:
    """The material of a run, made when it is first asked for, and gone with `scratch`."""

    def __init__(self, scratch: Path, sizes: Sizes) -> None:
        self.scratch, self.sizes = scratch, sizes

    @cached_property
    def photos(self) -> Path:
        """The delivery of photos."""
        sizes = self.sizes
        return photo_delivery(self.scratch / "photos", sizes.records, sizes.photos, sizes.photo_bytes)

    @cached_property
    def video(self) -> Path:
        """The delivery of one long video."""
        return huge_video_delivery(self.scratch / "video", self.sizes.video_bytes)

    @cached_property
    def photo_run(self) -> tuple[Terminal, Run]:
        """The photos taken in."""
        settled(*sorted(self.photos.rglob("*.jpg")))
        return self._taken_in("photo-home", self.photos)

    @cached_property
    def video_run(self) -> tuple[Terminal, Run]:
        """The video taken in, originals only."""
        settled(*self.video.rglob("*.mp4"))
        return self._taken_in("video-home", self.video, "--profile", "originals-only")

    @cached_property
    def photo_package(self) -> tuple[Terminal, Path]:
        """All photos as one record, taken in with originals only."""
        sizes = self.sizes
        delivery = photo_delivery(self.scratch / "album", 1, sizes.records * sizes.photos, sizes.photo_bytes)
        terminal, _ = self._taken_in("album-home", delivery, "--profile", "originals-only")
        shutil.rmtree(delivery)
        return terminal, only_tar(terminal)

    def _taken_in(self, home: str, delivery: Path, *options: str) -> tuple[Terminal, Run]:
        terminal = Terminal(self.scratch / home).made()
        return terminal, measured([LANTAI, "ingest", delivery, *options], env=terminal.env())


def only_tar(terminal: Terminal) -> Path:
    """The one tar in a terminal's store."""
    (tar,) = (terminal.home / "store").rglob("*.tar")
    return tar


def photos(site: Site) -> Iterator[Line]:
    """Many photos through the whole line, as typed, to the table printed."""
    _, run = site.photo_run
    sizes = site.sizes
    count = sizes.records * sizes.photos
    rate = count / run.seconds
    what = f"ingest {count} JPEG of {sizes.photo_bytes // 1000} kB in {sizes.records} records"
    yield Line(what=what, measured=f"{run.seconds:.1f} s, {rate:.0f} files/s", wanted="≥ 30 files/s", ok=rate >= 30)
    yield memory("— memory", run, 600)


def small(site: Site) -> Iterator[Line]:
    """Many records of one small file each: what a record costs beside its bytes."""
    codes = [f"K021-WS·2020·Y-{number:05d}" for number in range(1, site.sizes.small + 1)]
    files = {f"files/{code}/001.txt": (f"{code}\n" * 200).encode()[:4096] for code in codes}
    folder = delivery(site.scratch / "small", [{"档号": code} for code in codes], files)
    terminal = Terminal(site.scratch / "small-home").made()
    run = measured([LANTAI, "ingest", folder, "--profile", "originals-only"], env=terminal.env())
    rate = len(codes) / run.seconds
    what = f"ingest {len(codes)} records of one file of 4 kB, originals only"
    yield Line(what=what, measured=f"{run.seconds:.1f} s, {rate:.0f} records/s", wanted="≥ 40 records/s", ok=rate >= 40)
    yield memory("— memory", run, 500)


def memory(what: str, run: Run, wanted: int) -> Line:
    """Peak memory of all processes together: PSS is judged, RSS counts shared pages again and again."""
    return Line(
        what=f"{what}, PSS of {run.processes} processes (RSS, not judged)",
        measured=f"{run.peak_pss / 1e6:.0f} MB ({run.peak_rss / 1e6:.0f} MB)",
        wanted=f"< {wanted} MB",
        ok=0 < run.peak_pss < wanted * 10**6,
    )


def video(site: Site) -> Iterator[Line]:
    """One long video against openssl, cp and openssl, before and after it, each from the same start."""
    (source,) = site.video.rglob("*.mp4")
    before = _hashed_copied_hashed(source, site.scratch / "copy.mp4")
    _, run = site.video_run
    plain = (before + _hashed_copied_hashed(source, site.scratch / "copy.mp4")) / 2
    ratio = run.seconds / plain
    yield Line(
        what=f"ingest a video of {source.stat().st_size / 2**30:.2f} GiB, originals only; source in the page cache",
        measured=f"{run.seconds:.1f} s = {ratio:.2f} × openssl+cp+openssl ({plain:.1f} s)",
        wanted="≤ 2 ×",
        ok=ratio <= 2,
    )
    yield memory("— memory", run, 300)


def _hashed_copied_hashed(source: Path, copy: Path) -> float:
    script = 'openssl dgst -sha256 "$1" && cp "$1" "$2" && openssl dgst -sha256 "$2"'
    settled(source)
    seconds = timed(["sh", "-c", script, "sh", source, copy])
    copy.unlink()
    return seconds


def verify(site: Site) -> Iterator[Line]:
    """A stored package read and judged again, against openssl over the same tar."""
    terminal, _ = site.video_run
    yield _verified(site, terminal, only_tar(terminal), "one video")
    album_desk, album_tar = site.photo_package
    yield _verified(site, album_desk, album_tar, f"{site.sizes.records * site.sizes.photos} photos")


def _verified(site: Site, terminal: Terminal, tar: Path, what: str) -> Line:
    package = tar.parent.parent.name
    settled(tar)
    plain = median(site.sizes.times, lambda: timed(["openssl", "dgst", "-sha256", tar]))
    settled(tar)
    ours = median(site.sizes.times, lambda: timed([LANTAI, "verify", package], env=terminal.env()))
    ratio = ours / plain
    return Line(
        what=f"verify a stored package of {tar.stat().st_size / 1e6:.0f} MB ({what})",
        measured=f"{ours:.2f} s = {ratio:.2f} × openssl dgst ({plain:.2f} s)",
        wanted="≤ 1.3 ×",
        ok=ratio <= 1.3,
    )


def answers(site: Site) -> Iterator[Line]:
    """What a person waits for at the prompt."""
    terminal = Terminal(site.scratch / "long-home").made()
    with open_register(terminal.home / "register.db") as register:
        for number in range(site.sizes.packages):
            index = an_index(f"K021-ZY·FP·2019·Y-{number:05d}", members=some_members(MEMBERS))
            register.add_version(index, copies_of(index, "local"), (), source_state=f"{number:064x}")
    times = site.sizes.times + 2
    yield _answered(["--help"], terminal, times, 0.5)
    yield _answered(["list"], terminal, times, 1.0, f" with {site.sizes.packages} packages")


def _answered(arguments: list[str], terminal: Terminal, times: int, wanted: float, of: str = "") -> Line:
    seconds = median(times, lambda: timed([LANTAI, *arguments], env=terminal.env()))
    return Line(
        what=f"lantai {' '.join(arguments)}{of}",
        measured=f"{seconds:.2f} s",
        wanted=f"< {wanted} s",
        ok=seconds < wanted,
    )


def receiving(site: Site) -> Iterator[Line]:
    """The receipt alone: read, hash, copy. Nothing is wanted of it; it says what the disk gives."""
    profile = load_profile(DEFAULT_PROFILE)
    settled(*sorted(site.photos.rglob("*.jpg")))
    plan = survey(site.photos, profile=profile)
    taken = 0

    def advance(amount: int) -> None:
        nonlocal taken
        taken += amount

    began = time.perf_counter()
    for record in plan.records:
        folder = site.scratch / "received" / record.description.package_id
        folder.mkdir(parents=True)
        receive(
            record,
            delivery=site.photos,
            batch=plan.batch,
            folder=folder,
            digests=profile.digests,
            clock=SystemClock(),
            advance=advance,
        )
    seconds = time.perf_counter() - began
    shutil.rmtree(site.scratch / "received")
    yield Line(what="receive photos, one after the other", measured=f"{taken / seconds / 1e6:.0f} MB/s")


def s3(site: Site) -> Iterator[Line]:
    """A tar put into the S3 server that the environment names, and read back."""
    if f"{S3}ENDPOINT" not in os.environ:
        yield Line(what=f"S3 deposit: no server, {S3}ENDPOINT is not set", measured="could not tell")
        return
    _, tar = site.photo_package
    store = prepare_store(
        StoreSettings(
            name="bench",
            url=f"s3://lantai-bench-{os.getpid()}/bench",
            endpoint=os.environ[f"{S3}ENDPOINT"],
            access_key=os.environ[f"{S3}ACCESS_KEY"],
            secret_key=os.environ[f"{S3}SECRET_KEY"],
        )
    )
    began = time.perf_counter()
    store.put("photos.tar", tar)
    put = time.perf_counter() - began
    began = time.perf_counter()
    digest = hashlib.sha256()
    for chunk in store.read("photos.tar"):
        digest.update(chunk)
    read = time.perf_counter() - began
    with tar.open("rb") as stream:
        same = hashlib.file_digest(stream, "sha256").hexdigest() == digest.hexdigest()
    size = tar.stat().st_size / 1e6
    rates = f"put {size / put:.0f} MB/s, read back and hashed {size / read:.0f} MB/s"
    yield Line(what=f"S3: a tar of {size:.0f} MB", measured=rates, wanted="the same bytes", ok=same)


CASES: dict[str, Callable[[Site], Iterator[Line]]] = {
    "photos": photos,
    "small": small,
    "video": video,
    "verify": verify,
    "answers": answers,
    "receive": receiving,
    "s3": s3,
}
