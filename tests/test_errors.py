"""Errors: what they carry, also from one process to another."""

import pickle

import pytest

from pipeline import errors
from pipeline.domain.messages import message
from pipeline.errors import (
    ExitCode,
    HouseError,
    ObjectMissing,
    PipelineError,
    ProfileError,
    StorageUnavailable,
    ToolCrashed,
)

KINDS = sorted(
    (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PipelineError)),
    key=lambda kind: kind.__name__,
)
SAID = message("disk_full")
RETRYABLE = {"Busy", "ToolTimedOut", "StorageUnavailable", "RegisterBusy"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_keeps_its_message_and_fields_across_processes(kind: type[PipelineError]) -> None:
    error = kind(SAID)
    error.add_note("here")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert (back.message, str(back)) == (SAID, str(error))
    assert back.__dict__ == error.__dict__


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_ends_in_a_code_that_tells_something(kind: type[PipelineError]) -> None:
    assert kind.exit_code in ExitCode
    assert kind.exit_code not in {ExitCode.DONE, ExitCode.MATERIAL_REJECTED, ExitCode.HELD, ExitCode.INTERRUPTED}


def test_where_a_thing_went_wrong_goes_with_it() -> None:
    stored = pickle.loads(pickle.dumps(ObjectMissing(SAID, store="nas", key="a/b")))
    assert (stored.store, stored.key) == ("nas", "a/b")
    tool = pickle.loads(pickle.dumps(ToolCrashed(SAID, tool="exiftool", subject="1.tif")))
    assert (tool.tool, tool.subject) == ("exiftool", "1.tif")


def test_a_profiles_error_names_its_place() -> None:
    error = ProfileError(SAID, file="county.toml", row=3, column="title")
    assert (error.file, error.row, error.column) == ("county.toml", 3, "title")
    assert error.message.code == "in_file"
    assert error.message.fact("fault") == SAID
    assert ProfileError(SAID).message == SAID


def test_our_own_fault_is_told_in_plain_words_too() -> None:
    assert HouseError("odd").message == message("own_fault", what="odd")


def test_only_what_may_pass_is_tried_again() -> None:
    assert {kind.__name__ for kind in KINDS if kind.retryable} == RETRYABLE
    assert issubclass(StorageUnavailable, errors.StorageError)
