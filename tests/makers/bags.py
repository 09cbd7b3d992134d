"""A bag that a released version of the program wrote, unpacked, to change one thing in."""

import shutil
import tarfile
from pathlib import Path

from pipeline.checks.package_views import view_of_folder
from pipeline.checks.views import PackageView
from pipeline.domain.packages import PackageIndex
from tests.makers.golden import unpack, versions
from tests.makers.real_packages import real_package

PACKAGE = "K021-WS·2020·Y-0003"
"""Three originals and one file made of them."""


def golden_packages(folder: Path, version: str = versions()[0]) -> dict[str, Path]:
    """Tars of a version's first store by package identifier, each with its index beside it."""
    home = unpack(version, folder)
    return {tar.parents[1].name: tar for tar in sorted((home / "home/stores/first").rglob("*.tar"))}


def unpacked(tar: Path, folder: Path) -> Path:
    """The bag in the tar, in `folder`."""
    with tarfile.open(tar) as archive:
        archive.extractall(folder)
    return folder / tar.name.removesuffix(".tar")


def copied(bag: Path, folder: Path) -> Path:
    """A copy of the bag that may be changed."""
    return Path(shutil.copytree(bag, folder / bag.name))


def viewed(bag: Path) -> PackageView:
    """What checks are shown of it."""
    return view_of_folder(bag, advance=lambda _: None)


def edited(file: Path, old: str, new: str) -> None:
    """One place in a text changed; the place must be there."""
    text = file.read_bytes().decode()
    assert old in text, old
    file.write_bytes(text.replace(old, new, 1).encode())


def packed(bag: Path, folder: Path) -> PackageIndex:
    """The bag as it lies in `folder`: a tar and an index that agrees with it byte for byte."""
    paths = sorted(path for path in bag.rglob("*") if path.is_file() and "manifest-" not in path.name)
    files = {str(path.relative_to(bag)): path.read_bytes() for path in paths}
    folder.mkdir(parents=True, exist_ok=True)
    return real_package(folder, PACKAGE, files=files).index
