"""Whether the workspace has room: told before anything is taken in."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.findings import finding
from pipeline.domain.names import OriginalName
from pipeline.domain.records import PlannedRecord, SourceFile
from pipeline.errors import StorageFull
from pipeline.line.services import IngestServices
from pipeline.routes.room import Room
from tests.makers.real_packages import an_index
from tests.makers.services import opened_works
from tests.makers.values import description

VAST = 1 << 60
ABOUT = description()


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IngestServices]:
    with opened_works(tmp_path_factory.mktemp("room") / "home", profile="originals-only") as works:
        yield works.services


def planned(size: int, about: str = ABOUT.archival_code) -> PlannedRecord:
    file = SourceFile(where="31", original=OriginalName.of(b"1"), size=size, mtime_ns=0, ctime_ns=0, inode=0)
    return PlannedRecord(description=description(about), files=(file,))


def counted(services: IngestServices, *records: PlannedRecord) -> Room:
    room = Room(services)
    assert tuple(room.counted(records)) == records
    return room


def test_a_small_plan_has_room(services: IngestServices, tmp_path: Path) -> None:
    counted(services, planned(1000), planned(1000, "K021-WS·2021·D30-0002")).refuse_too_little()
    counted(services).refuse_too_little()


def test_what_has_no_room_is_told_with_the_figures(services: IngestServices) -> None:
    with pytest.raises(StorageFull, match="workspace_too_small") as error:
        counted(services, planned(1000), planned(VAST, "K021-WS·2021·D30-0002")).refuse_too_little()
    assert str(services.workspace.root) in str(error.value)


def test_a_record_that_is_not_read_needs_none(services: IngestServices) -> None:
    held = replace(planned(VAST), findings=(finding("doubled_archival_code", "x", rows="2、3"),))
    counted(services, held).refuse_too_little()


def test_what_is_stored_already_needs_none(services: IngestServices) -> None:
    services.register.add_version(an_index(ABOUT.package_id), [], [], source_state="")
    counted(services, planned(VAST)).refuse_too_little()
