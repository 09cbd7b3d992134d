"""Copies made later: which packages lack some, what a new version takes over, and what is left as it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.messages import message
from pipeline.domain.outcomes import State
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import Role
from pipeline.errors import Busy, ToolCrashed, UsageError
from pipeline.formats.policy import Rule
from pipeline.line.services import IngestServices
from pipeline.routes.derive import DeriveReport, derive, lacking, planned_of
from pipeline.routes.runners import ThreadRunner
from pipeline.tools.toolbox import Workers
from tests.makers.deliveries import delivery
from tests.makers.services import Silent, Works, opened_works

PHOTO = (Path(__file__).resolve().parents[1] / "fixtures" / "files" / "sound.jpg").read_bytes()
ONE, TWO = "K021-WS·2021·Y-0001", "K021-WS·2021·Y-0002"
SHOTS = Rule(handler="image", action="photo", kind="image")
MASTER = Rule(handler="image", action="pages", role=Role.PRESERVATION, kind="image")


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaking:
    """Workers in which the making of what `breaks` names by its first source breaks."""

    workers: Workers
    breaks: Callable[[str], bool]

    def call(self, kind: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The work, unless it breaks."""
        if work.__name__ == "make" and self.breaks(args[2][0].subject):
            raise ToolCrashed(message("worker_died", subject="x", signal="SIGSEGV"), tool="worker")
        return self.workers.call(kind, work, *args, **kwargs)


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    with opened_works(tmp_path / "home") as made:
        made.services = ruled(made.services, SHOTS)
        yield made


def ruled(services: IngestServices, *rules: Rule) -> IngestServices:
    return replace(services, policy=replace(services.policy, rules=rules))


def broken(services: IngestServices, breaks: Callable[[str], bool]) -> IngestServices:
    workers = Breaking(workers=services.workers, breaks=breaks)
    return replace(services, workers=workers)  # type: ignore[arg-type]


def stored_without(works: Works, folder: Path, *names: str) -> Path:
    """Two records of two photographs each, stored without the copies of those that are named."""
    files = {f"files/{code}/{n:03d}.jpg": PHOTO for code in (ONE, TWO) for n in (1, 2)}
    made = delivery(folder, [{"档号": ONE, "备注": "x"}, {"档号": TWO}], files)
    whole = works.services
    works.services = broken(whole, lambda subject: subject in names)
    assert {outcome.state for outcome in works.ingest(made).outcomes} == {State.STORED}
    works.services = whole
    return made


def derived(services: IngestServices, *packages: str) -> DeriveReport:
    return derive(packages, services=services, runner=ThreadRunner(2), progress=Silent())


def lack(works: Works) -> list[str]:
    return [outcome.package_id for outcome in lacking(works.services.ledger, works.services.register)]


def index(works: Works, code: str, version: int | None = None) -> PackageIndex:
    found = works.archive.register.index(code, version)
    assert found is not None
    return found


def copies(found: PackageIndex) -> list[str]:
    return [m.path for m in found.members if m.path.startswith("data/access/")]


def test_a_new_version_says_the_same_of_the_record(works: Works, tmp_path: Path) -> None:
    folder = stored_without(works, tmp_path / "d", "002.jpg")
    assert lack(works) == [ONE, TWO]
    state = works.services.register.source_state(ONE)

    report = derived(works.services, ONE)

    assert ([o.state for o in report.outcomes], report.exit_code) == ([State.STORED], 0)
    first, second = index(works, ONE, 1), index(works, ONE)
    assert (second.version, copies(second)) == (2, ["data/access/001.jpg", "data/access/002.jpg"])
    for name in ("prefix", "fonds", "category", "archival_code", "title", "retention", "date", "batch", "content",
                 "description"):  # fmt: skip
        assert getattr(second, name) == getattr(first, name)
    originals = [(m.path, m.sha256, m.original_name_hex) for m in first.members if m.original_name_hex]
    assert [(m.path, m.sha256, m.original_name_hex) for m in second.members if m.original_name_hex] == originals
    assert {member.version for member in second.members} == {2}
    assert works.services.register.source_state(ONE) == state
    assert lack(works) == [TWO]
    assert {o.state for o in works.ingest(folder).outcomes} == {State.UNCHANGED}
    assert lack(works) == [TWO]


def test_some_copies_made_and_some_not(works: Works, tmp_path: Path) -> None:
    stored_without(works, tmp_path / "d", "001.jpg", "002.jpg")
    report = derived(broken(works.services, lambda subject: subject == "002.jpg"), ONE)
    assert ([o.state for o in report.outcomes], report.exit_code) == ([State.STORED], 4)
    assert copies(index(works, ONE)) == ["data/access/001.jpg"]
    assert lack(works) == [ONE, TWO]
    assert derived(works.services, ONE, TWO).exit_code == 0
    assert (index(works, ONE).version, index(works, TWO).version) == (3, 2)
    assert lack(works) == []


def test_none_made_leaves_all_as_it_is(works: Works, tmp_path: Path) -> None:
    stored_without(works, tmp_path / "d", "002.jpg")
    before = works.store_files()
    report = derived(broken(works.services, lambda subject: subject == "002.jpg"), ONE, TWO)
    assert ({o.state for o in report.outcomes}, report.exit_code) == ({State.UNCHANGED}, 4)
    assert {f.code for o in report.outcomes for f in o.findings} == {"derived_copy_missing"}
    assert works.store_files() == before
    assert lack(works) == [ONE, TWO]


def test_a_version_that_would_lose_a_copy_is_not_stored(works: Works, tmp_path: Path) -> None:
    stored_without(works, tmp_path / "d", "002.jpg")
    report = derived(ruled(works.services, MASTER), ONE)
    ((outcome,), code) = report.outcomes, report.exit_code
    assert (outcome.state, [f.code for f in outcome.findings], code) == (State.UNCHANGED, ["copies_would_be_lost"], 1)
    assert index(works, ONE).version == 1
    assert lack(works) == [ONE, TWO], "that one would be lost does not mean that none is missing"


def test_other_rules_that_make_more_are_a_new_version(works: Works, tmp_path: Path) -> None:
    stored_without(works, tmp_path / "d")
    assert lack(works) == []
    report = derived(ruled(works.services, SHOTS, MASTER), ONE)
    assert [o.state for o in report.outcomes] == [State.STORED]
    assert f"data/preservation/{ONE}.pdf" in {m.path for m in index(works, ONE).members}


def test_work_cut_off_is_not_taken_away_by_taking_the_delivery_in_again(works: Works, tmp_path: Path) -> None:
    """Part of the version may lie in a store already: what is stored at last must be the same bytes."""
    folder = stored_without(works, tmp_path / "d", "002.jpg")
    (store,) = works.archive.home.root.glob("store")
    store.rename(tmp_path / "away")
    report = derived(works.services, ONE)
    assert ([o.state for o in report.outcomes], report.exit_code) == ([State.FAILED], 6)
    assert list(works.services.register.held()) == []
    (tmp_path / "away").rename(store)
    inside = works.services.workspace.of("derive")
    assert inside.pending() == [ONE]
    assert {o.state for o in works.ingest(folder).outcomes} == {State.UNCHANGED}
    assert inside.pending() == [ONE]
    assert derived(works.services, ONE).exit_code == 0
    assert inside.pending() == []


def test_what_is_refused(works: Works, tmp_path: Path) -> None:
    stored_without(works, tmp_path / "d")
    bare = replace(works.services, profile=replace(works.services.profile, normalise=False))
    with pytest.raises(UsageError, match="profile_without_copies"):
        derived(bare, ONE)
    with pytest.raises(UsageError, match="no_such_package"):
        derived(works.services, "K021-WS·2021·Y-0009")
    with works.services.workspace.of("derive").alone("derive"), pytest.raises(Busy):
        derived(works.services, ONE)


def test_work_begun_for_one_version_is_not_taken_for_another(works: Works, tmp_path: Path) -> None:
    stored_without(works, tmp_path / "d")
    known = index(works, ONE)
    assert planned_of(known) == planned_of(known)
    later = planned_of(replace(known, packaged_at="2030-01-01T00:00:00+00:00"))
    assert {f.mtime_ns for f in later.files} != {f.mtime_ns for f in planned_of(known).files}
    assert [f.original.display for f in later.files] == ["001.jpg", "002.jpg"]
