import errno
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.findings import finding
from pipeline.domain.ledger import Delivery
from pipeline.domain.messages import told_by_program
from pipeline.domain.orders import WorkOrder
from pipeline.domain.outcomes import State
from pipeline.domain.records import PlannedRecord
from pipeline.errors import (
    Busy,
    ExitCode,
    MissingTool,
    ProfileError,
    RegisterError,
    StorageUnavailable,
    ToolCrashed,
    ToolFailed,
    ToolGarbled,
    ToolTimedOut,
)
from pipeline.line.ending import Ending, holds_back, located, outcome
from pipeline.profiles import load_profile
from pipeline.stages.survey import survey
from tests.makers.deliveries import delivery
from tests.makers.services import Works, opened_works

CODE = "K021-WS·2020·Y-0001"
PROFILE = load_profile("county")


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    with opened_works(tmp_path_factory.mktemp("ending") / "home") as made:
        yield made


def ending(planned: PlannedRecord, works: Works) -> Ending:
    """How the record of a delivery `d` may end; nothing waits yet."""
    code = planned.description.package_id
    works.release(code)
    order = WorkOrder(
        run=1,
        delivery=Delivery(name="d", folder="/d"),
        position=0,
        package_id=code,
        archival_code=code,
        phase="take in",
    )
    return Ending.of(order, planned, works.services)


@pytest.fixture
def planned(tmp_path: Path) -> PlannedRecord:
    folder = delivery(tmp_path / "d", [{"档号": CODE}], {f"files/{CODE}/001.txt": b"12345"})
    (record,) = survey(folder, profile=PROFILE).records
    return record


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (MissingTool(told_by_program("soffice is not installed"), tool="soffice"), "tool_missing", ExitCode.TOOL),
        (ToolFailed(told_by_program("x"), tool="soffice"), "tool_failed", ExitCode.TOOL),
        (ToolCrashed(told_by_program("x"), tool="soffice"), "tool_crashed", ExitCode.TOOL),
        (ToolTimedOut(told_by_program("x"), tool="soffice"), "tool_timed_out", ExitCode.TOOL),
        (ToolGarbled(told_by_program("x"), tool="soffice"), "tool_garbled", ExitCode.TOOL),
        (StorageUnavailable(told_by_program("x"), store="nas"), "storage_failed", ExitCode.STORAGE),
        (RegisterError(told_by_program("x")), "storage_failed", ExitCode.STORAGE),
        (OSError(errno.ENOSPC, "No space left on device"), "storage_failed", ExitCode.STORAGE),
        (OSError(errno.EDQUOT, "Quota exceeded"), "storage_failed", ExitCode.STORAGE),
        (OSError(errno.EIO, "Input/output error"), "storage_failed", ExitCode.STORAGE),
        (ProfileError(told_by_program("x")), "work_failed", ExitCode.PROFILE),
        (KeyError("x"), "work_failed", ExitCode.HOUSE),
        (OSError(errno.EBADF, "Bad file descriptor"), "work_failed", ExitCode.HOUSE),
    ],
)
def test_a_failure_is_told_and_noted(
    planned: PlannedRecord, works: Works, error: Exception, code: str, exit_code: ExitCode
) -> None:
    ended = ending(planned, works).failed(error).outcome

    assert ended.state is State.FAILED
    assert (ended.exit_code, ended.findings[-1].code, ended.findings[-1].row) == (exit_code, code, 2)
    (noted,) = works.services.register.held()
    assert (noted.package_id, noted.delivery, noted.folder) == (CODE, "d", "/d")
    assert noted.findings == ended.findings


def test_a_place_is_shown_as_the_survey_shows_it(tmp_path: Path) -> None:
    """Masked: else one fault of one file would be told twice, once with the citizen's number and once without."""
    name = "张三110101199003077758.txt"
    folder = delivery(tmp_path / "d", [{"档号": CODE}], {f"files/{CODE}/{name}": b""})
    (record,) = survey(folder, profile=PROFILE).records
    surveyed = next(f for f in record.findings if f.code == "empty_file")
    (again,) = located((finding("empty_file", name, record=CODE),), record)
    assert again == surveyed


def test_what_another_run_has_is_not_noted_as_held(planned: PlannedRecord, works: Works) -> None:
    ended = ending(planned, works).failed(Busy(told_by_program("x"))).outcome
    assert (ended.findings[-1].code, ended.retryable, ended.exit_code) == ("record_busy", True, ExitCode.BUSY)
    assert list(works.services.register.held()) == []


def test_our_own_fault_is_in_the_log_in_full(
    planned: PlannedRecord, works: Works, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        ending(planned, works).failed(KeyError("inner"))
    assert CODE in caplog.text
    assert "KeyError: 'inner'" in caplog.text


def test_a_file_is_told_by_its_place_in_the_delivery(planned: PlannedRecord, works: Works) -> None:
    error = ToolTimedOut(told_by_program("x"), tool="worker", subject="001.txt")
    ended = ending(planned, works).failed(error).outcome
    assert ended.findings[-1].subject == f"files/{CODE}/001.txt"
    assert ended.findings[-1].fact("tool") == ""


def test_held_or_waiting(planned: PlannedRecord, works: Works) -> None:
    question, error, warning = (finding(code, CODE) for code in ("retention_unclear", "page_gap", "format_unknown"))
    for findings, state in (((question, warning), State.WAITING), ((question, error), State.HELD)):
        with works.services.workspace.record(CODE) as work:
            work.finish("received", {})
        ended = ending(planned, works).held(findings).outcome
        assert ended.state is state
        assert [h.findings for h in works.services.register.held()] == [findings]
        assert works.services.workspace.pending() == ([CODE] if state is State.WAITING else [])
    assert holds_back((question,), PROFILE)
    assert holds_back((error,), PROFILE)
    assert not holds_back((warning,), PROFILE)


def test_an_outcome_counts_the_files(planned: PlannedRecord) -> None:
    ended = outcome(planned, State.STORED, ())
    assert (ended.files, ended.bytes, ended.exit_code, ended.retryable) == (1, 5, 0, False)
    assert outcome(replace(planned, files=()), State.HELD, ()).files == 0
