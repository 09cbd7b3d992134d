"""The way the README describes: a work pool, a deployment, a worker process of its own that takes a run from them."""

import subprocess
from pathlib import Path

import pytest

from tests.flows.conftest import PREFECT, prefect_environment
from tests.makers.real_files import photo_delivery
from tests.makers.terminal import Terminal

CHECKOUT = Path(__file__).resolve().parents[2]
RECORDS = 3


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_worker_takes_in_a_delivery_or_says_why_not(tmp_path: Path, prefect_api: str, prefect_home: Path) -> None:
    terminal = Terminal(tmp_path / "home").made()
    delivery = photo_delivery(tmp_path / "delivery", RECORDS, 2, 30_000)
    environment = prefect_environment(prefect_api, prefect_home)

    def type_prefect(*arguments: str) -> str:
        done = subprocess.run(
            [PREFECT, *arguments],
            cwd=CHECKOUT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    type_prefect("work-pool", "create", "county", "--type", "process")
    type_prefect("--no-prompt", "deploy", "flows/ingest.py:ingest_delivery", "-n", "county", "-p", "county")
    parameters = ("-p", f"delivery={delivery}", "-p", f"home={terminal.home}")
    type_prefect("deployment", "run", "ingest-delivery/county", *parameters)
    nowhere = ("-p", f"delivery={tmp_path / 'nowhere'}", "-p", f"home={terminal.home}")
    type_prefect("deployment", "run", "ingest-delivery/county", *nowhere)
    told = type_prefect("worker", "start", "--pool", "county", "--run-once")

    assert f"Completed('delivery: {RECORDS} stored')" in told
    assert "no such folder" in told
    assert "Traceback" not in told
    listed = terminal.type("list", "--json").json
    assert [row["copies"] for row in listed] == [["local"]] * RECORDS
    assert terminal.type("audit", "--all").code == 0
