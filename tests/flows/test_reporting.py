"""What a flow says at its end."""

import logging

import pytest
from prefect import flow

from flows.reporting import audit_ended
from pipeline.domain.messages import message
from pipeline.domain.packages import FixityFault, FixityReport, FixityResult
from pipeline.texts import BOTH, all_texts

pytestmark = pytest.mark.usefixtures("prefect")


def a_report(*faults: FixityFault) -> FixityReport:
    """Of a copy that could not be read."""
    return FixityReport(
        package_id="K021-ZP·2020·D30-001",
        version=1,
        store="main",
        result=FixityResult.UNREADABLE,
        bytes_read=0,
        started_at="",
        ended_at="",
        faults=faults,
    )


def test_a_file_with_several_faults_is_named_once() -> None:
    """A store that cannot be read gives three faults for each file, which would crowd out all but two names."""
    unreadable = FixityResult.UNREADABLE
    faults = tuple(
        FixityFault(result=unreadable, path=path, reason=f"{part} cannot be read")
        for path in ("bagit.txt", "metadata/mets.xml", "data/original/001.jpg")
        for part in ("header", "bytes", "padding")
    )
    report = a_report(*faults)

    @flow(persist_result=False)
    def line() -> object:
        return audit_ended([report], log=logging.getLogger(__name__))

    ended = line(return_state=True)

    copy = "K021-ZP·2020·D30-001 v0001 in store main, file"
    assert ended.message == (
        f"1 copies read, 1 not sound; {copy} bagit.txt: unreadable; {copy} metadata/mets.xml: unreadable;"
        f" {copy} data/original/001.jpg: unreadable"
    )


def test_why_a_copy_is_not_sound_is_said_in_both_languages(caplog: pytest.LogCaptureFixture) -> None:
    why = message("store_not_in_settings", store="second")
    unreadable = FixityResult.UNREADABLE
    kept_by_0_1_0 = FixityFault(result=unreadable, path="bagit.txt", reason="Input/output error")
    report = a_report(FixityFault(result=unreadable, path="", reason=why), kept_by_0_1_0)

    @flow(persist_result=False)
    def line() -> object:
        return audit_ended([report], log=logging.getLogger(__name__))

    line(return_state=True)

    first, second = (r.getMessage() for r in caplog.records if r.name == __name__ and r.levelno == logging.ERROR)
    assert all(all_texts().say(why, lang) in first for lang in BOTH)
    assert "Input/output error" in second
