import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.codecs.index import encode_index
from pipeline.domain.ledger import Decision
from pipeline.domain.messages import told_by_program
from pipeline.domain.outcomes import State
from pipeline.domain.packages import FixityFault, FixityReport, FixityResult, PackageIndex
from pipeline.errors import (
    ExitCode,
    HouseError,
    RegisterBusy,
    RegisterError,
    StorageError,
    StorageUnavailable,
    UsageError,
)
from pipeline.ports import Store
from pipeline.register.known_before import MOST_KEPT, kept_beside
from pipeline.register.sqlite import open_register
from pipeline.routes.rebuild import RebuildReport, rebuild
from pipeline.routes.taking import NOTHING, LettingGo
from pipeline.stores.kind import StoreSettings
from pipeline.stores.local import LocalStore
from tests.contracts.ledger import AT, DELIVERY, a_plan, a_question, an_end
from tests.contracts.register import a_held, an_event
from tests.makers.real_packages import as_written, copies_of, real_package, tar_alone


class NoonClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


class Counted:
    """Progress that adds up."""

    def __init__(self) -> None:
        self.total = self.done = 0

    @contextmanager
    def phase(self, label: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        def advance(by: int) -> None:
            self.done += by

        self.total = total
        yield advance


class Home:
    """Three local stores that hold three packages each, and a register that knows it all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / "register.db"
        self.stores = tuple(self._store(name) for name in ("nas", "s3", "tape"))
        self.indexes = [self._deposit(f"K021-ZY·FP·2019·Y-{n:03d}") for n in (1, 2, 3)]
        self.progress = Counted()

    def _store(self, name: str) -> LocalStore:
        (self.root / name).mkdir()
        return LocalStore(StoreSettings(name=name, url=(self.root / name).as_uri()))

    def _deposit(self, package_id: str) -> PackageIndex:
        folder = self.root / "packaged" / package_id
        folder.mkdir(parents=True)
        packaged = real_package(folder, package_id, files={"data/original/1.txt": package_id.encode()})
        for store in self.stores:
            store.put_bytes(packaged.index.tar_key, (folder / packaged.index.tar_name).read_bytes())
            store.put_bytes(packaged.index.index_key, encode_index(packaged.index))
        return packaged.index

    def file(self, store: str, key: str) -> Path:
        return self.root / store / key

    def write(self, store: str, key: str, data: bytes) -> None:
        path = self.file(store, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(data)

    def rebuild(self, *stores: Store, without: LettingGo = NOTHING, earlier: Sequence[Path] = ()) -> RebuildReport:
        return rebuild(
            stores or self.stores,
            self.path,
            clock=NoonClock(),
            progress=self.progress,
            sleep=lambda _: None,
            without=without,
            earlier=earlier,
        )

    def codes(self, report: RebuildReport) -> list[str]:
        return [f.code for f in report.findings]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_all_is_found_again(home: Home) -> None:
    report = home.rebuild()
    assert report == RebuildReport(packages=3, versions=3, copies=9, held=0, findings=(), backup="")
    assert report.exit_code is ExitCode.DONE
    with open_register(home.path) as register:
        assert [register.index(i.package_id) for i in home.indexes] == home.indexes
        assert [row.copies for row in register.packages()] == [("nas", "s3", "tape")] * 3
        assert [row.last_result for row in register.packages()] == [""] * 3, "nothing was audited"
        (copy, *_) = register.copies(home.indexes[0].package_id, 1)
    assert (copy.deposited_at, copy.bytes_read_back) == (home.indexes[0].packaged_at, 0)
    assert (home.progress.total, home.progress.done) == (3, 3)
    left = {p.name for p in home.root.iterdir() if p.is_file()}
    assert left == {"register.db", "register.db.lock"}


def test_stores_are_not_changed(home: Home) -> None:
    before = {str(p): p.read_bytes() for p in home.root.rglob("*") if p.is_file()}
    home.write("nas", home.indexes[0].index_key, b"garbage")
    before[str(home.file("nas", home.indexes[0].index_key))] = b"garbage"
    home.rebuild()
    after = {str(p): p.read_bytes() for p in home.root.rglob("*") if p.is_file() and not p.name.startswith("register")}
    assert after == before


def test_the_old_register_is_kept_and_what_only_it_knew_is_taken_over(home: Home) -> None:
    index = home.indexes[0]
    lost = FixityFault(result=FixityResult.MISMATCH, path="data/original/1.txt", reason="x")
    fault = FixityReport(
        package_id=index.package_id,
        version=1,
        store="s3",
        result=FixityResult.MISMATCH,
        bytes_read=5,
        started_at="2026-02-01T00:00:00+00:00",
        ended_at="2026-02-02T00:00:00+00:00",
        faults=(lost,),
    )
    with open_register(home.path) as register:
        register.add_version(
            index, copies_of(index, "nas", "s3", "old-disk"), [an_event(9), an_event(8)], source_state="stamp 1"
        )
        other = as_written(replace(home.indexes[1], content="0" * 64))
        register.add_version(other, copies_of(other, "nas"), [an_event(7)], source_state="stamp 2")
        register.hold(a_held("K021-waits"))
        register.add_audit(fault)
    before = home.path.read_bytes()
    report = home.rebuild()
    (found,) = report.findings
    assert (found.code, found.record) == ("register_disagrees", other.package_id)
    assert report.held == 1
    assert Path(report.backup).name == "register.db.bak-20260301T120000Z"
    assert Path(report.backup).read_bytes() == before
    with open_register(home.path) as register:
        assert list(register.held()) == [a_held("K021-waits")]
        assert list(register.events(index.package_id))[:2] == [an_event(8), an_event(9)]
        assert [(a.store, a.result, a.ended_at) for a in register.audits(index.package_id)] == [
            ("s3", FixityResult.MISMATCH, fault.ended_at)
        ]
        assert register.source_state(index.package_id) == "stamp 1"
        nas, s3, tape = register.copies(index.package_id, 1)
        assert (nas.deposited_at, nas.bytes_read_back) == ("2026-01-01T09:00:00+00:00", index.tar_size)
        assert (s3.last_result, s3.audits) == ("mismatch", 1)
        assert (tape.deposited_at, tape.last_result) == (index.packaged_at, "")
        assert list(register.faults(index.package_id)) == [fault]
        assert register.index(other.package_id) == other, "what lies everywhere otherwise may have been changed"
        assert register.source_state(other.package_id) == "stamp 2"
        assert an_event(7) in register.events(other.package_id)
        assert {c.store: c.last_result for c in register.copies(other.package_id, 1)} == {
            "nas": "mismatch", "s3": "mismatch", "tape": "mismatch",
        }  # fmt: skip


def test_the_ledger_is_taken_over(home: Home) -> None:
    decision = Decision(question=a_question().id, answer="give_back", by="王科长", at=AT)
    with open_register(home.path) as register:
        earlier, run = (register.begin_run(DELIVERY, at=AT, program="0.2.0") for _ in range(2))
        register.add_planned(run.id, [a_plan(0), a_plan(1)])
        surveyed = register.end_survey(run.id, catalogue="目录.csv", findings=a_plan(0).findings, ignored=("x",))
        register.add_outcomes(earlier.id, [an_end(0, State.HELD)])
        register.add_outcomes(run.id, [an_end(0), an_end(1)])
        register.ask([a_question()])
        register.decide(decision)
    home.rebuild()
    with open_register(home.path) as register:
        assert [d.first_seen for d in register.deliveries()] == [AT]
        assert [r.id for r in register.runs()] == [earlier.id, run.id]
        assert register.surveyed(run.id) == surveyed
        assert [p.record for p in register.planned(run.id)] == [a_plan(0), a_plan(1)]
        assert [o.state for _, o in register.outcomes_of(an_end(0).outcome.package_id)] == [State.HELD, State.STORED]
        assert list(register.decisions(a_question().id)) == [decision]
        assert list(register.questions(open_only=True)) == []
        assert register.begin_run(DELIVERY, at=AT, program="0.2.0").id > run.id


def test_twice_gives_the_same_and_two_backups(home: Home) -> None:
    home.rebuild()
    with open_register(home.path) as register:
        register.hold(a_held("K021-waits"))
        first = list(register.packages())
    reports = [home.rebuild(), home.rebuild()]
    assert [Path(r.backup).name[-17:] for r in reports] == ["-20260301T120000Z", "0260301T120000Z-2"]
    with open_register(home.path) as register:
        assert list(register.packages()) == first
        assert list(register.held()) == [a_held("K021-waits")]


@pytest.mark.parametrize("damage", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 9000, b""])
def test_a_damaged_register_is_replaced_and_kept(home: Home, damage: bytes) -> None:
    home.path.write_bytes(damage)
    Path(f"{home.path}-wal").write_bytes(b"left over")
    report = home.rebuild()
    assert home.codes(report) == (["old_register_unreadable"] if damage else [])
    assert report.packages == 3
    assert not Path(f"{home.path}-wal").exists()
    if damage:
        assert Path(report.backup).read_bytes() == damage
        assert report.exit_code is ExitCode.STORAGE
    with open_register(home.path) as register:
        assert len(list(register.packages())) == 3


def test_of_a_register_damaged_in_part_the_rest_is_taken_over(home: Home) -> None:
    index = home.indexes[0]
    with open_register(home.path) as register:
        register.add_version(index, copies_of(index, "nas"), [an_event(9)], source_state="stamp 1")
        register.hold(a_held("K021-waits"))
    with closing(sqlite3.connect(home.path)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name='events'").fetchone()
    with home.path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    report = home.rebuild()
    assert home.codes(report) == ["old_register_unreadable"]
    with open_register(home.path) as register:
        assert list(register.held()) == [a_held("K021-waits")]
        assert register.source_state(index.package_id) == "stamp 1"
        assert list(register.events(index.package_id)) == []


def test_a_garbled_index_is_named_and_the_copy_is_marked(home: Home) -> None:
    index = home.indexes[1]
    home.write("s3", index.index_key, encode_index(index)[:-40])
    report = home.rebuild()
    (found,) = report.findings
    assert (found.code, found.subject, found.fact("store")) == ("index_garbled", index.index_key, "s3")
    assert report.exit_code is ExitCode.STORAGE
    assert (report.packages, report.copies) == (3, 9)
    with open_register(home.path) as register:
        assert [r.last_result for r in register.packages()] == ["", "mismatch", ""]
        assert [c.last_result for c in register.copies(index.package_id, 1)] == ["", "mismatch", ""]


def test_an_index_in_other_bytes_is_named_though_it_says_the_same(home: Home) -> None:
    index = home.indexes[1]
    home.write("s3", index.index_key, encode_index(index).replace(b"\n", b" ", 1))
    report = home.rebuild()
    (found,) = report.findings
    assert (found.code, found.subject, found.fact("store")) == ("index_garbled", index.index_key, "s3")
    assert (report.packages, report.copies) == (3, 9)
    with open_register(home.path) as register:
        assert register.index(index.package_id) == index
        assert [c.last_result for c in register.copies(index.package_id, 1)] == ["", "mismatch", ""]


def test_an_index_garbled_everywhere_is_named_and_the_others_go_on(home: Home) -> None:
    for store in ("nas", "s3", "tape"):
        home.write(store, home.indexes[1].index_key, b"\xff\xfe{")
    report = home.rebuild()
    assert home.codes(report) == ["index_garbled"] * 3
    assert {f.fact("store") for f in report.findings} == {"nas", "s3", "tape"}
    assert report.packages == 2


def test_indexes_that_disagree(home: Home) -> None:
    index = home.indexes[1]
    home.write("nas", index.index_key, encode_index(replace(index, title="别的题名")))
    report = home.rebuild()
    (found,) = report.findings
    assert found.code == "indexes_disagree"
    assert (found.record, found.fact("listed"), found.fact("others")) == (index.package_id, "s3, tape", "nas")
    with open_register(home.path) as register:
        assert register.index(index.package_id) == index
        assert [(c.store, c.last_result) for c in register.copies(index.package_id, 1)] == [
            ("nas", "mismatch"), ("s3", ""), ("tape", ""),
        ]  # fmt: skip


def test_of_two_that_disagree_the_one_with_its_tar_is_listed(home: Home) -> None:
    index = home.indexes[1]
    home.write(
        "nas", index.index_key, encode_index(replace(index, objects=tar_alone(index.bag_name, index.tar_size + 512)))
    )
    report = home.rebuild(*home.stores[:2])
    assert home.codes(report) == ["tar_size_differs", "indexes_disagree"]
    with open_register(home.path) as register:
        assert register.index(index.package_id) == index


def test_a_tar_without_index_is_no_copy(home: Home) -> None:
    index = home.indexes[2]
    home.file("tape", index.index_key).unlink()
    report = home.rebuild()
    assert [(f.code, f.subject, f.fact("store")) for f in report.findings] == [
        ("tar_without_index", index.tar_key, "tape"),
        ("copy_missing", index.archival_code, "tape"),
    ]
    assert report.copies == 8


@pytest.mark.parametrize(
    ("harm", "code", "result"),
    [(Path.unlink, "tar_missing", "missing"), (lambda p: os.truncate(p, 512), "tar_size_differs", "mismatch")],
)
def test_an_index_without_its_tar_is_a_faulty_copy(
    home: Home, harm: Callable[[Path], None], code: str, result: str
) -> None:
    index = home.indexes[2]
    harm(home.file("tape", index.tar_key))
    report = home.rebuild()
    (found,) = report.findings
    assert (found.code, found.subject, found.record, found.fact("store")) == (
        code, index.tar_key, index.package_id, "tape",
    )  # fmt: skip
    with open_register(home.path) as register:
        assert [row.last_result for row in register.packages()] == ["", "", result]
        assert [fault.store for fault in register.faults(index.package_id)] == ["tape"]


def test_a_misplaced_index_is_named(home: Home) -> None:
    index = home.indexes[0]
    home.write("nas", "K021/ZY/somewhere/v0001/copy.index.json", encode_index(index))
    report = home.rebuild()
    assert [(f.code, f.fact("store")) for f in report.findings] == [("index_misplaced", "nas")]
    assert (report.packages, report.copies) == (3, 9)


def test_a_package_in_two_folders_is_named_and_listed_once(home: Home) -> None:
    moved = replace(home.indexes[0], prefix=f"K021/ZZ/{home.indexes[0].package_id}/")
    for store in home.stores:
        store.put_bytes(moved.index_key, encode_index(moved))
        store.put_bytes(moved.tar_key, home.file("nas", home.indexes[0].tar_key).read_bytes())
    report = home.rebuild()
    (found,) = report.findings
    assert found.code == "package_doubled"
    assert (found.fact("listed"), found.fact("left_out")) == (home.indexes[0].folder, moved.folder)
    assert report.packages == 3


def test_an_empty_store_is_one_finding(home: Home, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    report = home.rebuild(*home.stores, LocalStore(StoreSettings(name="new", url=(tmp_path / "new").as_uri())))
    assert [(f.code, f.subject, f.fact("packages")) for f in report.findings] == [("store_empty", "new", "3")]


def test_a_store_that_does_not_answer_leaves_all_as_it_was(home: Home) -> None:
    home.rebuild()
    before = home.path.read_bytes()
    (home.root / "tape").rename(home.root / "unplugged")
    with pytest.raises(StorageUnavailable, match="tape"):
        home.rebuild()
    assert home.path.read_bytes() == before
    assert not list(home.root.glob("register.db.*k-*")) and not list(home.root.glob("*.new*"))


def test_an_index_that_cannot_be_read_is_named(home: Home) -> None:
    class Sick(LocalStore):
        def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
            if key == home.indexes[0].index_key:
                raise StorageError(told_by_program("the medium reports an error"), store=self.name, key=key)
            return super().read(key, start=start, length=length)

    sick = Sick(StoreSettings(name="tape", url=(home.root / "tape").as_uri()))
    report = home.rebuild(*home.stores[:2], sick)
    assert home.codes(report) == ["index_unreadable"]
    with open_register(home.path) as register:
        assert [row.last_result for row in register.packages()] == ["unreadable", "", ""]


def test_nobody_else_may_have_the_register_open(home: Home) -> None:
    with open_register(home.path) as register:
        with pytest.raises(RegisterBusy):
            home.rebuild()
        register.hold(a_held("K021-waits"))
    assert home.rebuild().held == 1


def test_nobody_may_open_the_register_meanwhile(home: Home) -> None:
    class Opening(Counted):
        @contextmanager
        def phase(self, label: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
            with pytest.raises(RegisterBusy):
                open_register(home.path)
            yield lambda _: None

    home.progress = Opening()
    assert home.rebuild().packages == 3


def test_a_store_out_of_order_is_our_fault(home: Home) -> None:
    class Disordered(LocalStore):
        def keys(self, prefix: str = "") -> Iterator[str]:
            return iter(sorted(super().keys(prefix), reverse=True))

    with pytest.raises(HouseError, match="order"):
        home.rebuild(Disordered(StoreSettings(name="nas", url=(home.root / "nas").as_uri())))


def test_what_is_no_file_is_left_in_place(home: Home) -> None:
    home.path.mkdir()
    with pytest.raises(RegisterError, match="register_no_file"):
        home.rebuild()
    assert home.path.is_dir()


def test_no_store_is_refused(home: Home) -> None:
    with pytest.raises(UsageError):
        rebuild((), home.path, clock=NoonClock(), progress=home.progress)


def test_many_folders_stay_in_step(home: Home) -> None:
    """More than are read at once, some in one store only."""
    for number in range(150):
        index = home._deposit(f"K021-WS·2019·D30-{number:04d}")
        if number % 3 == 0:
            home.file("nas", index.index_key).unlink()
            home.file("nas", index.tar_key).unlink()
    report = home.rebuild()
    assert (report.packages, report.copies) == (153, 3 * 153 - 50)
    assert home.codes(report) == ["copy_missing"] * 50
    with open_register(home.path) as register:
        copies = {row.package_id: row.copies for row in register.packages()}
        results = {row.package_id: row.last_result for row in register.packages()}
    assert copies["K021-WS·2019·D30-0003"] == ("nas", "s3", "tape"), "audits must go on seeing what is lacking"
    assert results["K021-WS·2019·D30-0003"] == "missing"
    assert results["K021-WS·2019·D30-0004"] == ""
    assert copies["K021-WS·2019·D30-0004"] == ("nas", "s3", "tape")


_KILLED = """
import os, signal, sys
from pathlib import Path
import pipeline.register.renewal as renewal
from tests.routes.test_rebuild import Counted, NoonClock
from pipeline.routes.rebuild import rebuild
from pipeline.stores.local import LocalStore
from pipeline.stores.kind import StoreSettings
root, left = Path(sys.argv[1]), int(sys.argv[2])
def hook(event, _args):
    global left
    if event in {"os.rename", "os.link", "sqlite3.connect", "os.remove"}:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
stores = tuple(LocalStore(StoreSettings(name=n, url=(root / n).as_uri())) for n in ("nas", "s3", "tape"))
sys.addaudithook(hook)
rebuild(stores, root / "register.db", clock=NoonClock(), progress=Counted())
"""


@pytest.mark.slow
def test_killed_anywhere_there_is_a_whole_register(home: Home) -> None:
    """A real kill -9 before every act on files: the old register or the new one is there, never neither."""
    home.rebuild()
    with open_register(home.path) as register:
        register.hold(a_held("K021-waits"))
    for left in range(80):
        call = [sys.executable, "-c", _KILLED, str(home.root), str(left)]
        ended = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
        assert home.path.exists()
        with open_register(home.path) as register:
            assert len(list(register.packages())) == 3
            assert list(register.held()) == [a_held("K021-waits")]
        if ended.returncode == 0:
            break
        assert ended.returncode == -9, ended.stderr
        for kept in kept_beside(home.path)[2:]:  # each killed run may leave one, and each is asked by the next
            kept.unlink()
    else:
        pytest.fail("it never ended")
    assert left > 4


def _lose(home: Home, index: PackageIndex) -> None:
    """Tar and index, in every store."""
    for store in ("nas", "s3", "tape"):
        for key in (index.tar_key, index.index_key):
            home.file(store, key).unlink()


LET_GO = LettingGo(packages=("K021-ZY·FP·2019·Y-002",), by="王科长", reason="火灾，备份亦毁")


@pytest.mark.parametrize("again", [1, 3])
def test_what_was_lost_everywhere_stays_listed_as_missing(home: Home, again: int) -> None:
    home.rebuild()
    lost = home.indexes[1]
    _lose(home, lost)
    for _ in range(again):
        report = home.rebuild()
        (found,) = report.findings
        assert (found.code, found.subject, found.fact("stores")) == (
            "package_lost",
            lost.archival_code,
            "nas, s3, tape",
        )
        assert (report.exit_code, report.packages, report.missing) == (ExitCode.STORAGE, 2, 1)
        with open_register(home.path) as register:
            assert register.index(lost.package_id) == lost
            assert [(c.store, c.last_result) for c in register.copies(lost.package_id, 1)] == [
                ("nas", "missing"), ("s3", "missing"), ("tape", "missing"),
            ]  # fmt: skip


@pytest.mark.parametrize("how", ["removed", "garbage", "empty"])
def test_a_backup_of_the_register_forgets_nothing_either(home: Home, how: str) -> None:
    home.rebuild()
    home.rebuild()
    _lose(home, home.indexes[1])
    if how == "removed":
        home.path.unlink()
    else:
        home.path.write_bytes(b"garbage" * 999 if how == "garbage" else b"")
    report = home.rebuild()
    assert "package_lost" in home.codes(report)
    with open_register(home.path) as register:
        assert len(list(register.packages())) == 3


def test_a_backup_kept_elsewhere_is_asked_where_it_is_named(home: Home, tmp_path: Path) -> None:
    home.rebuild()
    elsewhere = home.path.rename(tmp_path / "elsewhere.db")
    for index in home.indexes:
        _lose(home, index)
    assert home.codes(home.rebuild(earlier=(elsewhere,))) == ["package_lost"] * 3


def test_what_a_person_lets_go_is_listed_no_more_and_stays_so(home: Home) -> None:
    home.rebuild()
    lost = home.indexes[1]
    _lose(home, lost)
    home.rebuild()
    assert home.codes(home.rebuild(without=LET_GO)) == []
    assert home.codes(home.rebuild()) == [], "though the backups know it still"
    with open_register(home.path) as register:
        assert register.index(lost.package_id) is None
        (disposal,) = register.disposals()
    assert (disposal.package_id, disposal.by, disposal.reason) == (lost.package_id, "王科长", "火灾，备份亦毁")


def test_what_was_let_go_and_is_found_again_is_listed_again(home: Home) -> None:
    home.rebuild()
    lost = home.indexes[1]
    kept = {key: home.file("nas", key).read_bytes() for key in (lost.tar_key, lost.index_key)}
    _lose(home, lost)
    home.rebuild(without=LET_GO)
    for key, data in kept.items():
        for store in ("nas", "s3", "tape"):
            home.write(store, key, data)
    assert home.rebuild().findings == ()
    _lose(home, lost)
    assert home.codes(home.rebuild()) == ["package_lost"], "it was let go once, and not this time"


@pytest.mark.parametrize("named", ["K021-ZY·FP·2019·Y-001", "K021-WS·2001·Y-0001"])
def test_only_what_is_missing_can_be_let_go(home: Home, named: str) -> None:
    home.rebuild()
    before = home.path.read_bytes()
    with pytest.raises(UsageError, match="not_to_be_let_go"):
        home.rebuild(without=LettingGo(packages=(named,), by="x", reason="y"))
    assert home.path.read_bytes() == before


def test_what_everybody_holds_otherwise_is_taken_when_a_person_says_so(home: Home) -> None:
    home.rebuild()
    index = home.indexes[1]
    changed = as_written(replace(index, title="改过的题名"))
    for store in ("nas", "s3", "tape"):
        home.write(store, index.index_key, encode_index(changed))
    assert home.codes(home.rebuild()) == ["register_disagrees"]
    assert home.codes(home.rebuild(without=LET_GO)) == []
    with open_register(home.path) as register:
        assert register.index(index.package_id) == changed


def test_a_row_of_which_the_index_is_noise_is_named(home: Home) -> None:
    home.rebuild()
    _lose(home, home.indexes[1])
    with closing(sqlite3.connect(home.path)) as database, database:
        database.execute("UPDATE versions SET index_zlib = x'00' WHERE package_id LIKE '%-002'")
    report = home.rebuild()
    assert "package_forgotten" in home.codes(report)
    assert report.exit_code is ExitCode.STORAGE


def test_a_store_that_took_the_place_of_another_is_named(home: Home) -> None:
    for store in home.stores:
        store.identify()
    home.rebuild()
    (home.root / "tape" / ".lantai-store.json").unlink()
    other = home.stores[2].identify()
    report = home.rebuild()
    assert [(f.code, f.subject, f.fact("found")) for f in report.findings] == [("store_replaced", "tape", other)]


def test_backups_are_pruned_but_for_those_that_cannot_tell_all(home: Home) -> None:
    home.path.write_bytes(b"garbage" * 999)
    for _ in range(MOST_KEPT + 3):
        home.rebuild()
    kept = kept_beside(home.path)
    assert len(kept) == MOST_KEPT + 1
    assert [path.read_bytes()[:7] for path in kept[MOST_KEPT:]] == [b"garbage"]
