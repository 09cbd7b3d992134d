"""An ingest that a released version could not finish: the package lies in one store of two, and in the workspace."""

from pathlib import Path

import pytest

from tests.makers.golden import versions
from tests.makers.golden_delivery import LATER, PROFILE
from tests.makers.golden_home import GoldenHome, files_below, listed, states


@pytest.fixture(params=versions())
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> GoldenHome:
    return GoldenHome.cut_off(request.param, tmp_path)


def ingest_of(golden: GoldenHome) -> tuple[str | Path, ...]:
    """The command that was cut off."""
    return ("ingest", golden.supplement, "--profile", golden.root / "delivery" / PROFILE, "--json")


def test_the_advice_given_leads_to_a_registered_package_and_nothing_is_overwritten(
    golden: GoldenHome, tmp_path: Path
) -> None:
    """The delivery lies in another place: what lies whole in the first store is adopted, and copied to the second."""
    before = golden.objects()
    ingest = ingest_of(golden)
    assert golden.terminal.type(*ingest).code in {0, 6}
    assert golden.terminal.type("rebuild").code in {0, 6}

    done = golden.terminal.type(*ingest)

    assert done.code == 0, done.out + done.err
    assert states(done.json) == {LATER: "unchanged"}
    assert golden.objects().items() >= before.items()
    assert listed(golden.terminal.type("list", "--json").json, "package_id", "copies") == [(LATER, ["first", "second"])]
    assert golden.terminal.type("audit", "--all").code == 0, "the two stores agree"
    assert golden.terminal.type("get", LATER, "--originals", "-o", tmp_path / "out").code == 0
    assert files_below(tmp_path / "out" / LATER) == golden.originals(LATER)


def test_two_stores_never_hold_different_packages_under_one_version(golden: GoldenHome) -> None:
    golden.terminal.type(*ingest_of(golden))

    tars = [content for path, content in golden.objects().items() if path.endswith(".tar")]
    assert len(set(tars)) == 1
