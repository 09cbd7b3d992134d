"""The project as a wheel: its profiles and schemas are inside, and it works from any folder."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import pipeline
from tests.makers.real_files import photo_delivery

ROOT = Path(__file__).resolve().parent.parent
WHAT_A_WHEEL_IS_MADE_OF = (
    "pyproject.toml", "setup.py", "MANIFEST.in", "LICENSE", "pipeline", "flows", "profiles", "metadata_schemas",
)  # fmt: skip
SHIPPED = ("profiles", "metadata_schemas")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("wheel")]


def elsewhere() -> dict[str, str]:
    """The environment, but for what would lead a program back to this checkout or to an archive of the person's own."""
    ours = ("LANTAI_", "AWS_", "PREFECT_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", *arguments]
    subprocess.run(command, env=elsewhere(), check=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the built wheel in it; what the wheel depends on is that of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in WHAT_A_WHEEL_IS_MADE_OF:  # a copy: nothing that an earlier build left in the checkout gets in
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", folder, source)

    environment = folder / "environment"
    venv.create(environment, symlinks=True)
    [wheel] = folder.glob("*.whl")
    pip("--python", environment / "bin" / "python", "install", "--no-index", "--no-deps", wheel)
    [packages] = environment.glob("lib/python*/site-packages")
    [present] = [entry for entry in sys.path if Path(entry, "pikepdf").is_dir()]
    packages.joinpath("present.pth").write_text(f"{present}\n", "utf-8")
    return environment


def typed(environment: Path, folder: Path, program: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [environment / "bin" / program, *arguments],
        cwd=folder,
        env=elsewhere(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_archive_is_made_filled_and_verified_from_any_folder(installed: Path, tmp_path: Path) -> None:
    delivery = photo_delivery(tmp_path / "delivery", 2, 1, 30_000)
    home, out = tmp_path / "home", tmp_path / "out"

    assert pipeline.__version__ in typed(installed, tmp_path, "lantai", "--version")
    typed(installed, tmp_path, "lantai", "init", home, "--fonds", "K021", "--name", "某县档案馆")
    typed(installed, tmp_path, "lantai", "ingest", delivery, "--home", home)
    listed = json.loads(typed(installed, tmp_path, "lantai", "list", "--json", "--home", home))
    assert [row["copies"] for row in listed] == [["local"], ["local"]]
    code = listed[0]["archival_code"]
    typed(installed, tmp_path, "lantai", "get", code, "-o", out, "--home", home)
    [package] = out.iterdir()
    typed(installed, tmp_path, "lantai", "verify", package)


def test_it_holds_every_profile_and_schema_and_every_module(installed: Path, tmp_path: Path) -> None:
    where = "import pipeline, pathlib; print(pathlib.Path(pipeline.__file__).parent)"
    inside = Path(typed(installed, tmp_path, "python", "-c", where).strip())
    assert inside.is_relative_to(installed)

    def files(folder: Path, pattern: str = "*") -> set[str]:
        found = (path for path in folder.rglob(pattern) if path.is_file() and "__pycache__" not in path.parts)
        return {str(path.relative_to(folder)) for path in found}

    for name in SHIPPED:
        assert files(inside / "share" / name) == files(ROOT / name)
    assert files(inside, "*.py") == files(ROOT / "pipeline", "*.py")
