"""What a flow says at its end."""

import logging

import pytest
from prefect import flow

from flows.reporting import audit_ended
from pipeline.domain.packages import FixityFault, FixityReport, FixityResult

pytestmark = pytest.mark.usefixtures("prefect")


def test_a_file_with_several_faults_is_named_once() -> None:
    """A store that cannot be read gives three faults for each file, which would crowd out all but two names."""
    unreadable = FixityResult.UNREADABLE
    faults = tuple(
        FixityFault(result=unreadable, path=path, reason=f"{part} cannot be read")
        for path in ("bagit.txt", "metadata/mets.xml", "data/original/001.jpg")
        for part in ("header", "bytes", "padding")
    )
    report = FixityReport(
        package_id="K021-ZP·2020·D30-001",
        version=1,
        store="main",
        result=unreadable,
        bytes_read=0,
        started_at="",
        ended_at="",
        faults=faults,
    )

    @flow(persist_result=False)
    def line() -> object:
        return audit_ended([report], log=logging.getLogger(__name__))

    ended = line(return_state=True)

    copy = "K021-ZP·2020·D30-001 v0001 in store main, file"
    assert ended.message == (
        f"1 copies read, 1 not sound; {copy} bagit.txt: unreadable; {copy} metadata/mets.xml: unreadable;"
        f" {copy} data/original/001.jpg: unreadable"
    )
