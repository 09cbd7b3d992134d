"""Where the program's data lies, in a checkout and installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.shipped import shipped

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("folder", ["profiles", "metadata_schemas"])
def test_in_a_checkout_it_lies_beside_the_package(folder: str) -> None:
    assert shipped(folder) == ROOT / folder
    assert shipped(folder).is_dir()


def test_installed_it_lies_inside(tmp_path: Path) -> None:
    package = tmp_path / "pipeline"
    (package / "share" / "profiles").mkdir(parents=True)
    (tmp_path / "metadata_schemas").mkdir()
    (package / "__init__.py").touch()
    (package / "shipped.py").write_bytes((ROOT / "pipeline/shipped.py").read_bytes())
    code = "from pipeline.shipped import shipped; print(shipped('profiles'), shipped('metadata_schemas'), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, env={}
    )
    assert done.stdout.splitlines() == [str(package / "share/profiles"), str(tmp_path / "metadata_schemas")]
