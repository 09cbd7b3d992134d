"""What an ingest that was cut off between two stores leaves, and what becomes of it when the record comes again."""

import os
import shutil
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.bootstrap import SystemClock
from pipeline.domain.outcomes import State
from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.errors import StorageError
from pipeline.routes.audit import audit
from pipeline.routes.ingest import ingest
from pipeline.routes.replicate import Replicated, replicate
from pipeline.routes.runners import ThreadRunner
from pipeline.routes.verify import verify_path
from pipeline.services import open_services
from pipeline.stores import open_store
from tests.makers.deliveries import delivery
from tests.makers.services import Silent, Works, opened_works


class Site:
    """A home with the stores `a` and `b`, of which `b` can be taken away. Each test has a record of its own."""

    def __init__(self, works: Works) -> None:
        self.works, self.home = works, works.archive.home.root

    def away(self, store: str = "b") -> None:
        (self.home / store).rename(self.home / f"{store}-away")

    def back(self, store: str = "b") -> None:
        (self.home / f"{store}-away").rename(self.home / store)

    def half_deposited(self, folder: Path, code: str) -> Path:
        """A delivery whose package lies whole in `a`, and nowhere else."""
        came = delivery(folder, [{"档号": code}], {f"files/{code}/001.txt": code.encode()})
        self.away()
        assert self.works.one(came).state is State.FAILED
        self.back()
        return came

    def forget_work(self, code: str) -> None:
        """The workspace is lost; what is packed anew is of another second."""
        self.works.services.workspace.discard(code)
        time.sleep(1.1)

    def files(self, code: str) -> dict[str, dict[str, bytes]]:
        """Store → name → bytes of what lies there of the record."""
        return {
            store: {path.name: path.read_bytes() for path in (self.home / store).rglob(f"{code}-v*")}
            for store in ("a", "b")
        }

    def audit(self, code: str) -> list[FixityReport]:
        done = audit(
            [(code, 1)],
            stores=self.works.archive.stores,
            register=self.works.archive.register,
            clock=SystemClock(),
            runner=ThreadRunner(1),
            progress=Silent(),
        )
        return [each.report for each in done]

    def replicate(self, code: str) -> tuple[Replicated, ...]:
        return replicate(
            [(code, 1)],
            stores=self.works.archive.stores,
            register=self.works.archive.register,
            workspace=self.works.services.workspace,
            clock=SystemClock(),
            progress=Silent(),
        )

    def agrees(self, code: str) -> bool:
        """Whether both stores hold the same, whole, and the register knows both."""
        found, files = self.audit(code), self.files(code)
        whole = [(r.store, r.result) for r in found] == [("a", FixityResult.OK), ("b", FixityResult.OK)]
        return whole and files["a"] == files["b"] and len(files["a"]) == 2


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with opened_works(tmp_path_factory.mktemp("storage") / "home", "a", "b") as works:
        yield Site(works)


def _touch(came: Path) -> Path:
    for path in came.rglob("*.txt"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return came


def _move(came: Path) -> Path:
    return Path(shutil.copytree(came, came.with_name("elsewhere")))


@pytest.mark.parametrize("workspace", ["kept", "lost"])
@pytest.mark.parametrize(("number", "begun_anew"), [(1, _touch), (2, _move)])
def test_what_lies_whole_in_one_store_is_adopted(  # type: ignore[no-untyped-def]
    site: Site, tmp_path: Path, number: int, begun_anew, workspace: str
) -> None:
    code = f"K021-WS·2020·Y-{number}{workspace == 'lost':d}01"
    came = begun_anew(site.half_deposited(tmp_path / "d", code))
    before = site.files(code)
    assert (len(before["a"]), len(before["b"])) == (2, 0)
    if workspace == "lost":
        site.forget_work(code)

    done = site.works.one(came)

    assert (done.state, done.findings) == (State.STORED, ())
    assert site.files(code)["a"] == before["a"], "nothing was overwritten"
    assert site.agrees(code)
    assert site.works.one(came).state is State.UNCHANGED


def test_a_tar_that_has_no_index_yet_is_that_of_the_record(site: Site, tmp_path: Path) -> None:
    """Killed behind the first object: the tar is kept with the work, and goes on where the files were touched."""
    code = "K021-WS·2020·Y-0301"
    came = site.half_deposited(tmp_path / "d", code)
    for path in (site.home / "a").rglob(f"{code}*.index.json"):
        path.unlink()
    assert site.works.one(_touch(came)).state is State.STORED
    assert site.agrees(code)


@pytest.mark.parametrize(("number", "mended"), [(1, "file"), (2, "row")])
def test_other_content_waits_for_a_person_who_is_shown_both(
    site: Site, tmp_path: Path, number: int, mended: str
) -> None:
    code = f"K021-WS·2020·Y-04{number:02d}"
    came = site.half_deposited(tmp_path / "d", code)
    before = site.files(code)
    text = b"mended" if mended == "file" else code.encode()
    delivery(
        came,
        [{"档号": code, "题名": "改过的题名" if mended == "row" else "关于扶贫的通知"}],
        {f"files/{code}/001.txt": text},
    )

    done = site.works.one(came)

    assert done.state is State.WAITING
    (found,) = [each for each in done.findings if each.code == "store_holds_other"]
    assert (found.fact("stores"), found.fact("stored_title")) == ("a", "关于扶贫的通知")
    assert site.files(code) == before, "nothing was written"
    shutil.rmtree(next((site.home / "a").rglob(f"{code}-v*.tar")).parent)
    assert site.works.one(came).state is State.STORED, "the person has moved the other one away"
    assert site.agrees(code)


def test_what_is_not_whole_is_not_adopted(site: Site, tmp_path: Path) -> None:
    code = "K021-WS·2020·Y-0501"
    came = _touch(site.half_deposited(tmp_path / "d", code))
    site.forget_work(code)
    tar = next((site.home / "a").rglob(f"{code}-v*.tar"))
    raw = bytearray(tar.read_bytes())
    raw[raw.index(b"K021-WS", 4096)] ^= 1
    tar.unlink()
    tar.write_bytes(raw)
    done = site.works.one(came)
    assert done.state is State.FAILED
    assert done.error is not None
    assert done.error.code == "adopted_not_whole"
    assert site.files(code)["b"] == {}


def test_what_a_store_lacks_is_copied_into_it(site: Site, tmp_path: Path) -> None:
    code = "K021-WS·2020·Y-0601"
    came = delivery(tmp_path / "d", [{"档号": code}], {f"files/{code}/001.txt": b"1"})
    assert site.works.one(came).state is State.STORED
    assert site.replicate(code) == ()
    for suffix in (".tar", ".index.json"):
        next((site.home / "b").rglob(f"{code}-v*{suffix}")).unlink()
        (done,) = site.replicate(code)
        assert (done.store, done.source, done.error) == ("b", "a", None)
        assert site.agrees(code)


def test_what_lies_damaged_in_a_store_is_left_as_it_is(site: Site, tmp_path: Path) -> None:
    code = "K021-WS·2020·Y-0701"
    site.works.one(delivery(tmp_path / "d", [{"档号": code}], {f"files/{code}/001.txt": b"1"}))
    tar = next((site.home / "b").rglob(f"{code}-v*.tar"))
    tar.unlink()
    tar.write_bytes(b"noise")
    next((site.home / "b").rglob(f"{code}-v*.index.json")).unlink()
    (done,) = site.replicate(code)
    assert done.error is not None
    assert tar.read_bytes() == b"noise"


def test_two_names_of_one_store_take_nothing(site: Site) -> None:
    settings = site.works.archive.home.settings.stores[0]
    link = site.home / "link"
    link.symlink_to("a")
    both = (open_store(settings), open_store(type(settings)(name="link", url=link.as_uri())))
    archive = type(site.works.archive)(home=site.works.archive.home, stores=both, register=site.works.archive.register)
    with pytest.raises(StorageError, match="stores_are_one_place"), open_services(archive):
        pass


def test_a_package_says_who_handed_it_in_and_keeps_the_times_of_its_files(site: Site, tmp_path: Path) -> None:
    code = "K021-WS·2020·Y-0801"
    came = delivery(tmp_path / "d", [{"档号": code}], {f"files/{code}/001.txt": b"1", f"files/{code}/002.txt": b"2"})
    os.utime(came / f"files/{code}/001.txt", (1_500_000_000, 1_500_000_000))
    os.utime(came / f"files/{code}/002.txt", (-86_400, -86_400))
    ingest(
        came,
        services=site.works.services,
        runner=ThreadRunner(1),
        progress=Silent(),
        announce=lambda *_: None,
        depositor="某县扶贫办",
        contact="王科长",
    )
    with tarfile.open(next((site.home / "a").rglob(f"{code}-v*.tar"))) as tar:
        times = {m.name.rpartition("/")[2]: m.mtime for m in tar if "/data/original/" in m.name}
        read = {m.name.partition("/")[2]: tar.extractfile(m) for m in tar.getmembers()}
        held = {path: file.read().decode() for path, file in read.items() if file and path.endswith((".txt", ".xml"))}
    assert times == {"001.txt": 1_500_000_000, "002.txt": -86_400}
    assert "Source-Organization: 某县扶贫办" in held["bag-info.txt"]
    assert "接收单位: 某县档案馆" in held["bag-info.txt"]
    for name in ("某县扶贫办", "王科长"):
        assert f"<agentName>{name}</agentName>" in held["metadata/premis.xml"]
    assert "<eventType" in held["metadata/premis.xml"]
    assert [r.result for r in site.audit(code)] == [FixityResult.OK] * 2


def test_a_tar_alone_is_verified_by_what_it_carries(site: Site, tmp_path: Path) -> None:
    code = "K021-WS·2020·Y-0901"
    site.works.one(delivery(tmp_path / "d", [{"档号": code}], {f"files/{code}/001.txt": b"sound"}))
    alone = tmp_path / "alone.tar"
    alone.write_bytes(next((site.home / "a").rglob(f"{code}-v*.tar")).read_bytes())
    assert verify_path(alone, clock=SystemClock(), advance=lambda _: None).sound
    raw = bytearray(alone.read_bytes())
    raw[raw.rindex(b"sound")] ^= 1
    alone.write_bytes(raw)
    assert verify_path(alone, clock=SystemClock(), advance=lambda _: None).whole is False
