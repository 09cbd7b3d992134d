"""The flows of ingest and audit on a real Prefect server, over real deliveries and folders."""

import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import State as FlowState
from prefect.runtime import flow_run

from flows.audit import audit_all
from flows.ingest import ingest_delivery
from flows.runner import PrefectRunner
from pipeline.bootstrap import Archive, open_archive
from pipeline.domain.outcomes import Outcome, State
from pipeline.line.table import LINE
from pipeline.services import open_services
from tests.flows.test_runner import task_runs
from tests.makers.orders import orders_of, worked
from tests.makers.real_files import photo_delivery
from tests.makers.terminal import Terminal

pytestmark = pytest.mark.usefixtures("prefect")

RECORDS = 3
CITIZEN = "11010519491231002X"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "home").made()


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    return photo_delivery(tmp_path / "delivery", RECORDS, 2, 30_000)


def artifact(run: FlowState[Any]) -> str:
    """What the console shows of a run."""
    number = run.state_details.flow_run_id
    assert number is not None
    with get_client(sync_client=True) as client:
        (found,) = client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[number]))
        )
    return str(found.data)


def test_a_delivery_is_stored_registered_and_audited(terminal: Terminal, delivery: Path) -> None:
    ended = ingest_delivery(str(delivery), str(terminal.home), return_state=True)

    assert ended.is_completed()
    assert ended.message == "delivery: 3 stored"
    assert ended.result() == {"stored": 3, "unchanged": 0, "held": 0, "waiting": 0, "failed": 0}
    assert [row["copies"] for row in terminal.type("list", "--json").json] == [["local"]] * RECORDS
    assert len(list(terminal.home.glob("store/**/*.tar"))) == RECORDS
    assert not list(terminal.home.glob("work/*/*"))
    run = ended.state_details.flow_run_id
    assert run is not None
    codes = [row["archival_code"] for row in terminal.type("list", "--json").json]
    assert {r.name for r in task_runs(run, 2 * RECORDS)} == {
        f"{c} {step}" for c in codes for step in ("take in", "derive to deposit")
    }
    assert all(f"| {code} |" in artifact(ended) for code in codes)

    again = ingest_delivery(str(delivery), str(terminal.home), return_state=True)
    assert again.message == "delivery: 3 unchanged"
    audited = audit_all(str(terminal.home), return_state=True)
    assert audited.is_completed()
    assert audited.message == "3 copies read, 0 not sound"


def test_material_that_is_held_completes_and_is_told(terminal: Terminal, delivery: Path) -> None:
    shutil.rmtree(delivery / "files" / "K021-ZP·2020·D30-002")

    ended = ingest_delivery(str(delivery), str(terminal.home), return_state=True)

    assert ended.is_completed()
    assert ended.message == "delivery: 2 stored, 1 held"
    held = next(line for line in artifact(ended).splitlines() if " held " in line)
    assert "K021-ZP·2020·D30-002" in held
    assert "row_without_files" in held


def test_no_such_delivery_fails_with_a_sentence(terminal: Terminal) -> None:
    ended = ingest_delivery(f"/nowhere/{CITIZEN}", str(terminal.home), return_state=True)

    assert ended.is_failed()
    assert "no such folder" in (ended.message or "")
    assert CITIZEN not in (ended.message or "")


def test_no_such_home_fails_with_a_sentence(tmp_path: Path, delivery: Path) -> None:
    for ended in (
        ingest_delivery(str(delivery), str(tmp_path / "nothing"), return_state=True),
        audit_all(str(tmp_path / "nothing"), return_state=True),
    ):
        assert ended.is_failed()
        assert "no archive home" in (ended.message or "")


def test_a_changed_byte_fails_the_audit_naming_package_store_and_file(terminal: Terminal, delivery: Path) -> None:
    assert ingest_delivery(str(delivery), str(terminal.home), return_state=True).is_completed()
    tar = terminal.home / "store/K021/ZP/K021-ZP·2020·D30-002/v0001/K021-ZP·2020·D30-002-v0001.tar"
    raw = bytearray(tar.read_bytes())
    raw[raw.index((delivery / "files/K021-ZP·2020·D30-002/001.jpg").read_bytes()) + 999] ^= 1
    tar.chmod(0o644)
    tar.write_bytes(raw)

    ended = audit_all(str(terminal.home), return_state=True)

    assert ended.is_failed()
    for word in (
        "3 copies read, 1 not sound",
        "K021-ZP·2020·D30-002 v0001",
        "store local",
        "data/original/001.jpg",
        "mismatch",
    ):
        assert word in (ended.message or "")
    assert "data/original/001.jpg" in artifact(ended)


@pytest.mark.slow
def test_a_store_that_is_away_for_good_fails_the_flow_and_the_next_run_goes_on(
    terminal: Terminal, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.runner.PAUSES", ())
    away = terminal.home / "store-unmounted"
    (terminal.home / "store").rename(away)

    ended = ingest_delivery(str(delivery), str(terminal.home), return_state=True)

    assert ended.is_failed()
    assert "3 failed" in (ended.message or "")
    assert "local" in (ended.message or "")
    away.rename(terminal.home / "store")
    assert ingest_delivery(str(delivery), str(terminal.home), return_state=True).message == "delivery: 3 stored"


@pytest.mark.slow
def test_a_store_that_comes_back_is_tried_again(terminal: Terminal, delivery: Path) -> None:
    """A disk that is not mounted when the first record is to be deposited, and is a little later."""
    away = terminal.home / "store-unmounted"
    (terminal.home / "store").rename(away)

    with open_archive(terminal.home) as archive:
        mounter = threading.Thread(target=mount_when_it_was_missed, args=(archive, away))
        mounter.start()
        outcomes, run = finished_in_a_flow(archive, delivery)
    mounter.join()

    assert [o.state for o in outcomes] == [State.STORED]
    (task,) = task_runs(run, 1)
    assert task.state is not None
    assert task.state.is_completed()
    assert task.run_count > 1
    assert terminal.type("audit", "--all").code == 0
    assert terminal.type("list", "--held", "--json").json == []


def mount_when_it_was_missed(archive: Archive, away: Path) -> None:
    deadline = time.monotonic() + 120
    while not list(archive.register.held()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    away.rename(archive.home.root / "store")


def finished_in_a_flow(archive: Archive, delivery: Path) -> tuple[list[Outcome], UUID]:
    """One record of the delivery, finished by the runner of the flows with a pause that a test can wait for."""
    with open_services(archive) as services:
        order, *_ = orders_of(services, delivery)
        ended = worked(order, delivery, services)
        rest = replace(order, phase=LINE.legs()[1].phases[0].name, findings=ended.outcome.findings)

        @flow(persist_result=False)
        def deposit_one() -> tuple[list[Outcome], UUID]:
            runner = PrefectRunner(1, pauses=(3.0, 3.0))
            ends = runner.map(lambda each: worked(each, delivery, services), [rest])
            return [end.outcome for end in ends], UUID(str(flow_run.get_id()))

        return deposit_one()
