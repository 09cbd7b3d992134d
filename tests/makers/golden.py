"""Golden homes: what a released version of the program wrote, kept for every later version to read.

    python -m tests.makers.golden VERSION

makes `tests/fixtures/golden/VERSION/lantai-VERSION.tar.xz` with the program that `lantai` starts, which must say that
it is of that version (put its source tree first in PYTHONPATH). Only its commands are used, so that this works for
any version; the S3 server of the tests is started for it. In the archive:

    delivery/   the deliveries, as they were taken in, and the profile of the second
    home/       an archive home with two stores that are folders: `first`, `second`
    home-s3/    one with a folder `first` and the S3 store `main`; its bucket's objects are in bucket/<key>
    home-cut/   one whose second store was not there: the record lies in `first` and in the workspace only
    told/       commands.json (arguments, exit code), and what `list`, `list --held` and `show` printed as JSON
"""

import argparse
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import boto3

from tests.makers.golden_delivery import PROFILE, WAV, golden_delivery, golden_supplement
from tests.services.ceph import S3Service, ceph_gateway

GOLDEN = Path(__file__).resolve().parents[1] / "fixtures" / "golden"
LANTAI = Path(sys.executable).parent / "lantai"
BUCKET = "golden"
S3_URL = f"s3://{BUCKET}/档案"
PACKED_AT = 1_600_000_000
"""Time of every file in the archive: the time of packing says nothing."""


def versions() -> tuple[str, ...]:
    """Released versions whose homes are kept."""
    return tuple(sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir()))


def archive_of(version: str) -> Path:
    """The archive of a version."""
    return GOLDEN / version / f"lantai-{version}.tar.xz"


def unpack(version: str, folder: Path) -> Path:
    """Unpacks a version's archive in `folder`, with new times for all files."""
    with tarfile.open(archive_of(version), encoding="utf-8", errors="surrogateescape") as archive:
        for member in archive:
            path = folder / member.name
            stream = archive.extractfile(member)
            if stream is None:
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.write_bytes(stream.read())
                path.chmod(member.mode)
    return folder


@dataclass(frozen=True, kw_only=True)
class _Commands:
    """`lantai` at one home; what it was told, and how it ended, is noted."""

    home: Path
    environment: dict[str, str]
    noted: list[tuple[list[str], int]] = field(default_factory=list)

    def run(self, *arguments: str | Path, expected: int = 0, or_else: int | None = None) -> bytes:
        """Standard output. RuntimeError for another exit code than the expected ones."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("LANTAI_", "AWS_"))}
        env = inherited | {"LANTAI_HOME": str(self.home)} | self.environment
        done = subprocess.run([LANTAI, *arguments], env=env, capture_output=True, check=False)
        if done.returncode not in {expected, or_else}:
            raise RuntimeError(f"{arguments}: {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
        root = f"{self.home.parent}/"
        self.noted.append(([str(each).removeprefix(root) for each in arguments], done.returncode))
        return done.stdout

    def init(self, *stores: str) -> None:
        """Makes the home, with these stores or options."""
        options = [part for each in stores for part in ((each,) if each.startswith("--") else ("--store", each))]
        self.run("init", self.home, "--fonds", "K021", "--name", "某县档案馆", *options)


def make(version: str, root: Path, service: S3Service) -> None:
    """Writes everything that goes into the archive below `root`."""
    delivery = golden_delivery(root / "delivery")
    supplement = golden_supplement(root / "delivery", title="补交的一件")
    changed = golden_supplement(root / "changed", title="补交的一件，题名改过")
    files = _Commands(home=root / "home", environment={})
    said = files.run("--version").decode().strip()
    if said != version:
        raise RuntimeError(f"{LANTAI} is version {said}, not {version}")
    files.init("first=stores/first", "second=stores/second")
    profile = root / "delivery" / PROFILE
    files.run("ingest", delivery, expected=1)
    files.run("ingest", supplement, "--profile", profile)
    files.run("ingest", delivery, expected=1)  # again: all that is stored is unchanged
    # stored already, and said otherwise: held by 0.1.0, a question since
    files.run("ingest", changed, "--profile", profile, expected=8, or_else=1)
    _audits(files)
    _uses(files, root / "out")
    on_s3 = _Commands(home=root / "home-s3", environment=_keys(service))
    on_s3.init("first=stores/first", f"main={S3_URL}", "--make-buckets")
    on_s3.run("ingest", delivery, expected=1)
    on_s3.run("audit", "--all")
    _uses(on_s3, root / "out")
    _save_bucket(service, root / "bucket")
    cut = _Commands(home=root / "home-cut", environment={})
    _cut_off(cut, supplement, profile)
    for commands in (files, on_s3, cut):
        _save_told(commands, root / "told" / commands.home.name)


def _audits(files: _Commands) -> None:
    """Two audits that miss a copy, and a sound one: the register keeps the fault and counts it."""
    (tar,) = (files.home / "stores" / "second").rglob(f"{WAV}-v0001.tar")
    aside = tar.with_suffix(".aside")
    tar.rename(aside)
    files.run("audit", "--all", expected=6)
    files.run("audit", WAV, expected=6)
    aside.rename(tar)
    files.run("audit", "--all")


def _cut_off(cut: _Commands, delivery: Path, profile: Path) -> None:
    """A run that ends between two stores, because the disk of the second is not mounted."""
    cut.init("first=stores/first", "second=stores/second")
    second = cut.home / "stores" / "second"
    second.rename(second.with_suffix(".aside"))
    second.touch()
    cut.run("ingest", delivery, "--profile", profile, expected=6)
    second.unlink()
    second.with_suffix(".aside").rename(second)


def _uses(commands: _Commands, out: Path) -> None:
    """A package and a file taken out: events of access."""
    commands.run("get", WAV, "-o", out / commands.home.name)
    commands.run("get", WAV, "001.wav", "-o", out / commands.home.name / "file")


def _keys(service: S3Service) -> dict[str, str]:
    return {
        "LANTAI_STORE_MAIN_ENDPOINT": service.endpoint,
        "LANTAI_STORE_MAIN_ACCESS_KEY": service.access_key,
        "LANTAI_STORE_MAIN_SECRET_KEY": service.secret_key,
    }


def _save_bucket(service: S3Service, folder: Path) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=service.endpoint,
        aws_access_key_id=service.access_key,
        aws_secret_access_key=service.secret_key,
        region_name="us-east-1",
    )
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for found in page.get("Contents", ()):
            path = folder / found["Key"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(client.get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read())
    client.close()


def _save_told(commands: _Commands, folder: Path) -> None:
    (folder / "show").mkdir(parents=True)
    noted = json.dumps([{"arguments": words, "exit_code": code} for words, code in commands.noted], ensure_ascii=False)
    (folder / "commands.json").write_text(noted, "utf-8")
    listed = commands.run("list", "--json")
    (folder / "list.json").write_bytes(listed)
    (folder / "held.json").write_bytes(commands.run("list", "--held", "--json"))
    for row in json.loads(listed):
        name = row["package_id"]
        (folder / "show" / f"{name}.json").write_bytes(commands.run("show", name, "--json"))


def pack(root: Path, parts: Iterable[str], target: Path) -> None:
    """One archive of these folders: sorted, nobody's, of one time; equal files cost their bytes once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # a dictionary that spans everything, so that the second copy of a package is found to be the first's
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 26}]
    with lzma.open(target, "wb", filters=filters) as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
        for part in sorted(parts):
            for path in (root / part, *sorted((root / part).rglob("*"), key=os.fsencode)):
                if path.suffix == ".lock":
                    continue
                member = tarfile.TarInfo(path.relative_to(root).as_posix())
                member.mtime, member.mode = PACKED_AT, path.stat().st_mode & 0o777
                content = b""
                if path.is_dir():
                    member.type = tarfile.DIRTYPE
                else:
                    content = path.read_bytes()
                    member.size = len(content)
                archive.addfile(member, BytesIO(content))


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the golden homes of this version.")
    parser.add_argument("version", help="the released version that `lantai` is of, such as 0.1.0")
    version = parser.parse_args().version
    with tempfile.TemporaryDirectory(prefix="golden.") as folder, ceph_gateway() as service:
        make(version, Path(folder), service)
        pack(Path(folder), ("bucket", "delivery", "home", "home-cut", "home-s3", "told"), archive_of(version))
    print(archive_of(version))


if __name__ == "__main__":
    main()
