import errno
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.domain.findings import finding
from pipeline.domain.outcomes import State
from pipeline.domain.records import PlannedRecord
from pipeline.errors import (
    ExitCode,
    MissingTool,
    ProfileError,
    RegisterBusy,
    RegisterError,
    StorageUnavailable,
    ToolCrashed,
    ToolFailed,
    ToolGarbled,
    ToolTimedOut,
)
from pipeline.profiles import load_profile
from pipeline.register.memory import MemoryRegister
from pipeline.routes.ending import failed, grave, held, located, outcome
from pipeline.stages.survey import survey
from tests.makers.deliveries import delivery

CODE = "K021-WS·2020·Y-0001"
PROFILE = load_profile("county")


class NoonClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def planned(tmp_path: Path) -> PlannedRecord:
    folder = delivery(tmp_path / "d", [{"档号": CODE}], {f"files/{CODE}/001.txt": b"12345"})
    (record,) = survey(folder, profile=PROFILE).records
    return record


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (MissingTool("soffice is not installed", tool="soffice"), "tool_missing", ExitCode.TOOL),
        (ToolFailed("x", tool="soffice"), "tool_failed", ExitCode.TOOL),
        (ToolCrashed("x", tool="soffice"), "tool_crashed", ExitCode.TOOL),
        (ToolTimedOut("x", tool="soffice"), "tool_timed_out", ExitCode.TOOL),
        (ToolGarbled("x", tool="soffice"), "tool_garbled", ExitCode.TOOL),
        (StorageUnavailable("x", store="nas"), "storage_failed", ExitCode.STORAGE),
        (RegisterError("x"), "storage_failed", ExitCode.STORAGE),
        (OSError(errno.ENOSPC, "No space left on device"), "storage_failed", ExitCode.STORAGE),
        (OSError(errno.EDQUOT, "Quota exceeded"), "storage_failed", ExitCode.STORAGE),
        (OSError(errno.EIO, "Input/output error"), "storage_failed", ExitCode.STORAGE),
        (ProfileError("x"), "work_failed", ExitCode.PROFILE),
        (KeyError("x"), "work_failed", ExitCode.HOUSE),
        (OSError(errno.EBADF, "Bad file descriptor"), "work_failed", ExitCode.HOUSE),
    ],
)
def test_a_failure_is_told_and_noted(planned: PlannedRecord, error: Exception, code: str, exit_code: ExitCode) -> None:
    register = MemoryRegister()

    ended = failed(planned, error, batch="d", register=register, clock=NoonClock())

    assert ended.state is State.FAILED
    assert (ended.exit_code, ended.findings[-1].code, ended.findings[-1].row) == (exit_code, code, 2)
    (noted,) = register.held()
    assert (noted.package_id, noted.delivery, noted.findings) == (CODE, "d", ended.findings)


def test_a_place_is_shown_as_the_survey_shows_it(tmp_path: Path) -> None:
    """Masked: else one fault of one file would be told twice, once with the citizen's number and once without."""
    name = "张三110101199003077758.txt"
    folder = delivery(tmp_path / "d", [{"档号": CODE}], {f"files/{CODE}/{name}": b""})
    (record,) = survey(folder, profile=PROFILE).records
    surveyed = next(f for f in record.findings if f.code == "empty_file")
    (again,) = located((finding("empty_file", name, record=CODE),), record)
    assert again == surveyed


def test_what_another_run_has_is_not_noted_as_held(planned: PlannedRecord) -> None:
    register = MemoryRegister()
    ended = failed(planned, RegisterBusy("x"), batch="d", register=register, clock=NoonClock())
    assert (ended.findings[-1].code, ended.retryable) == ("record_busy", True)
    assert list(register.held()) == []


def test_our_own_fault_is_in_the_log_in_full(planned: PlannedRecord, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        failed(planned, KeyError("inner"), batch="d", register=MemoryRegister(), clock=NoonClock())
    assert CODE in caplog.text
    assert "KeyError: 'inner'" in caplog.text


def test_a_file_is_told_by_its_place_in_the_delivery(planned: PlannedRecord) -> None:
    error = ToolTimedOut("x", tool="worker", subject="001.txt")
    ended = failed(planned, error, batch="d", register=MemoryRegister(), clock=NoonClock())
    assert ended.findings[-1].subject == f"files/{CODE}/001.txt"
    assert ended.findings[-1].fact("tool") == ""


def test_held_or_waiting(planned: PlannedRecord) -> None:
    question, error, warning = (finding(code, CODE) for code in ("retention_unclear", "page_gap", "format_unknown"))
    register = MemoryRegister()
    for findings, state in (((question, warning), State.WAITING), ((question, error), State.HELD)):
        ended = held(planned, findings, batch="d", profile=PROFILE, register=register, clock=NoonClock())
        assert ended.state is state
        assert [h.findings for h in register.held()] == [findings]
    assert grave((question,), PROFILE)
    assert grave((error,), PROFILE)
    assert not grave((warning,), PROFILE)


def test_an_outcome_counts_the_files(planned: PlannedRecord) -> None:
    ended = outcome(planned, State.STORED, ())
    assert (ended.files, ended.bytes, ended.exit_code, ended.retryable) == (1, 5, 0, False)
    assert outcome(replace(planned, files=()), State.HELD, ()).files == 0
