"""Several copies of one file, and copies that could not be made, from the delivery to the package in its store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.bootstrap import SystemClock
from pipeline.checks.plan import load_plan
from pipeline.domain.messages import message
from pipeline.domain.outcomes import State
from pipeline.domain.records import Role
from pipeline.errors import ToolCrashed
from pipeline.formats.policy import Rule
from pipeline.routes.verify import PLAN, verify_copy
from pipeline.stages.retrieve import retrieve_file
from pipeline.tools.toolbox import Workers
from tests.makers.deliveries import delivery
from tests.makers.services import Works, opened_works

FILES = Path(__file__).resolve().parents[1] / "fixtures" / "files"
SEVERAL = (
    Rule(handler="pdf", action="copy", needs=("image/pages",)),
    Rule(handler="image", action="pages", role=Role.PRESERVATION, kind="image"),
    Rule(handler="image", action="photo", kind="image"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaking:
    """Workers in which each making of something breaks that `breaks` names by its sources."""

    workers: Workers
    breaks: Callable[[tuple[str, ...]], bool]

    def call(self, kind: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The work, unless it breaks."""
        subjects = tuple(source.subject for source in args[2]) if work.__name__ == "make" else ()
        if subjects and self.breaks(subjects):
            raise ToolCrashed(message("worker_died", subject=subjects[0], signal="SIGSEGV"), tool="worker")
        return self.workers.call(kind, work, *args, **kwargs)


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    with opened_works(tmp_path / "home") as made:
        made.services = replace(made.services, policy=replace(made.services.policy, rules=SEVERAL))
        yield made


def scanned(folder: Path, code: str) -> Path:
    photo = (FILES / "sound.jpg").read_bytes()
    return delivery(folder, [{"档号": code}], {f"files/{code}/{n:03d}.jpg": photo for n in (1, 2, 3)})


def payload(works: Works, code: str) -> set[str]:
    """What the stored package holds beside its originals; every row of the plan of `lantai verify` is met."""
    index = works.archive.register.index(code)
    assert index is not None
    (store,) = works.archive.stores
    verdict = verify_copy(code, index, plan=load_plan(PLAN), store=store, clock=SystemClock(), advance=lambda _: None)
    assert verdict.sound and verdict.findings == ()
    return {m.path for m in index.members if m.path.startswith("data/") and not m.path.startswith("data/original/")}


def test_a_package_with_a_master_reading_copies_and_what_is_made_of_the_master(works: Works, tmp_path: Path) -> None:
    code = "K021-WS·2021·Y-0001"
    outcome = works.one(scanned(tmp_path / "d", code))
    assert (outcome.state, {f.code for f in outcome.findings}) == (State.STORED, {"pages_alike"})
    copies = {f"data/access/{n:03d}.jpg" for n in (1, 2, 3)} | {f"data/access/{code}.pdf"}
    assert payload(works, code) == copies | {f"data/preservation/{code}.pdf"}


def test_a_copy_that_is_lost_is_told_in_the_package_too(works: Works, tmp_path: Path) -> None:
    workers = Breaking(workers=works.services.workers, breaks=lambda subjects: subjects == ("002.jpg",))
    works.services = replace(works.services, workers=workers)  # type: ignore[arg-type]
    code = "K021-WS·2021·Y-0002"
    outcome = works.one(scanned(tmp_path / "d", code))
    assert outcome.state is State.STORED
    (found,) = [f for f in outcome.findings if f.code != "pages_alike"]
    assert found.code == "derived_copy_missing" and found.subject.endswith("002.jpg") and found.row == 2
    left = payload(works, code)
    assert "data/access/001.jpg" in left and "data/access/002.jpg" not in left and len(left) == 4

    index = works.archive.register.index(code)
    assert index is not None
    retrieve_file(index, "metadata/premis.xml", store=works.archive.stores[0], target=tmp_path / "premis.xml")
    premis = (tmp_path / "premis.xml").read_text("utf-8")
    assert "derived_copy_missing" in premis and "image/photo: worker_died" in premis
