"""A defaulted field added to any stored value changes nothing in what an earlier version wrote.

The next version will add fields. It must find the packages and registers of this one sound, and know a delivery that
comes again: bytes as written are compared with bytes, and a fingerprint is over what it names.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.makers.golden import versions
from tests.makers.golden_delivery import LATER, WAV
from tests.makers.golden_home import AUDITED, CODES, FACTS, GoldenHome, expected_states, listed, reasons, states
from tests.makers.new_fields import FIELD, extended_program

WRITTEN = {
    "Member",
    "PackageIndex",
    "Description",
    "Event",
    "Agent",
    "Finding",
    "FixityReport",
    "FixityFault",
    "HeldRecord",
}
"""At least these are written into indexes, registers and fingerprints."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extended program's tree."""
    folder = tmp_path_factory.mktemp("program")
    assert set(extended_program(folder)) >= WRITTEN
    return folder


@pytest.fixture(params=versions())
def golden(request: pytest.FixtureRequest, tmp_path: Path, program: Path) -> GoldenHome:
    """A golden home at which the extended program works."""
    return GoldenHome.of(request.param, tmp_path, (("PYTHONPATH", str(program)),))


def test_the_extended_program_is_the_one_that_runs(golden: GoldenHome, program: Path) -> None:
    asked = f"import pipeline.domain.packages as p; print(p.__file__, '{FIELD}' in p.Member.__dataclass_fields__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", asked], env=golden.terminal.env(), capture_output=True, check=True
    )
    assert done.stdout.decode().split() == [str(program / "pipeline" / "domain" / "packages.py"), "True"]


def test_every_copy_is_sound(golden: GoldenHome) -> None:
    done = golden.terminal.type("audit", "--all", "--json")
    assert done.code == 0, done.out + done.err
    assert len(done.json) == 2 * len(CODES)
    assert golden.terminal.type("verify", WAV).code == 0


def test_the_register_is_read(golden: GoldenHome) -> None:
    assert listed(golden.terminal.type("list", "--json").json, *AUDITED) == listed(golden.told("list"), *AUDITED)
    assert reasons(golden.terminal.type("list", "--held", "--json").json) == reasons(golden.told("held"))
    now = golden.terminal.type("show", LATER, "--json").json["events"]
    assert listed(now, "kind", "at", "detail") == listed(golden.told(f"show/{LATER}")["events"], "kind", "at", "detail")


def test_stores_alone_give_the_same_register(golden: GoldenHome) -> None:
    for file in golden.terminal.home.glob("register.db*"):
        file.unlink()
    done = golden.terminal.type("rebuild", "--json")
    assert done.code == 0, done.out + done.err
    assert listed(golden.terminal.type("list", "--json").json, *FACTS) == listed(golden.told("list"), *FACTS)


def test_a_rebuild_takes_over_what_only_the_register_knew(golden: GoldenHome) -> None:
    done = golden.terminal.type("rebuild", "--json")
    assert done.code == 0, done.out + done.err
    assert listed(golden.terminal.type("list", "--json").json, *AUDITED) == listed(golden.told("list"), *AUDITED)
    assert reasons(golden.terminal.type("list", "--held", "--json").json) == reasons(golden.told("held"))


def test_the_same_delivery_changes_nothing(golden: GoldenHome) -> None:
    before = golden.objects()
    done = golden.terminal.type("ingest", golden.elsewhere(golden.delivery), "--json")
    assert states(done.json) == expected_states()
    assert golden.objects() == before
