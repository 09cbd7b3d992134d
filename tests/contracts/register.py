"""What every register promises. A test class inherits this and gives `register`."""

from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

import pytest

from pipeline.domain.copies import Disposal
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.findings import finding
from pipeline.domain.packages import FixityFault, FixityReport, FixityResult
from pipeline.domain.records import Description, PlannedRecord, elements
from pipeline.errors import RegisterError, UsageError
from pipeline.ports import HeldRecord, Register, Sought
from tests.makers.real_packages import an_index, copies_of, some_members

ID = "K021-ZY·FP·2019·Y-001"


def an_event(hour: int, kind: EventKind = EventKind.REPLICATION, detail: str = "store=nas") -> Event:
    """An event of that hour."""
    at = datetime(2026, 1, 1, hour, tzinfo=UTC)
    return Event(
        kind=kind, at=at, agent=Agent(name="lantai", version="1"), outcome=Outcome.SUCCESS, objects=(ID,), detail=detail
    )


def a_report(
    result: FixityResult, at: str, *, store: str = "nas", path: str = "data/original/0001.tif"
) -> FixityReport:
    """An audit of one copy."""
    faults = () if result is FixityResult.OK else (FixityFault(result=result, path=path, reason="摘要不符"),)
    return FixityReport(
        package_id=ID,
        version=1,
        store=store,
        result=result,
        bytes_read=10240,
        started_at=at,
        ended_at=at,
        faults=faults,
    )


TITLE = "𠮷家村会议记录"


def a_held(
    package_id: str = ID,
    *,
    row: int = 7,
    delivery: str = "demo",
    folder: str = "/a/demo",
    title: str = TITLE,
    code: str = "page_gap",
) -> HeldRecord:
    """A record that waits in a delivery."""
    return HeldRecord(
        package_id=package_id,
        archival_code=package_id,
        title=title,
        delivery=delivery,
        folder=folder,
        since="2026-01-01T00:00:00+00:00",
        findings=(finding(code, "002.tif", record=package_id, row=row, missing=3),),
        row=row,
    )


def a_planned(package_id: str, row: int) -> PlannedRecord:
    """A row of a plan."""
    about = Description(archival_code=package_id, package_id=package_id, fonds="K021", category="WS", row=row)
    return PlannedRecord(description=about, files=())


class RegisterContract:
    """One test per promise."""

    def test_what_is_let_go_is_kept_with_its_reason(self, register: Register) -> None:
        index = an_index(ID)
        first = Disposal.of(index, at="2026-01-01T00:00:00+00:00", by="王科长", reason="灭失")
        register.dispose(first, index)
        register.dispose(replace(first, reason="again"), index)
        assert list(register.disposals(ID)) == list(register.disposals()) == [first]
        assert list(register.disposals("another")) == []

    def test_empty(self, register: Register) -> None:
        assert register.index(ID) is None
        assert register.index(ID, 3) is None
        assert register.source_state(ID) == ""
        assert not [*register.packages(), *register.all_versions(), *register.held(), *register.events(ID)]
        assert not [*register.versions(ID), *register.copies(ID, 1), *register.audits(ID), *register.faults(ID)]
        assert register.volume(["nas"]) == 0
        register.release(ID, delivery="demo", folder="/a/demo")

    def test_what_was_recorded_is_given_back(self, register: Register) -> None:
        index = an_index(ID, title="𠮷村“一户一档”　Ａ％_", members=some_members(30))
        register.add_version(index, copies_of(index, "nas", "s3"), [an_event(9), an_event(8)], source_state="s1")
        assert register.index(ID) == register.index(ID, 1) == index
        assert register.source_state(ID) == "s1"
        assert list(register.events(ID)) == [an_event(8), an_event(9)]
        assert list(register.all_versions()) == [(ID, 1, ("nas", "s3"))]
        (row,) = register.packages()
        assert (row.package_id, row.title, row.copies) == (ID, index.title, ("nas", "s3"))
        assert (row.payload_files, row.payload_bytes, row.packaged_at) == (30, 30_000, index.packaged_at)
        assert (row.last_audit, row.last_result) == ("", "")

    def test_which_stores_should_hold_copies(self, register: Register) -> None:
        assert register.copy_in("nas") == ""
        assert not register.has_copy(ID, 1, "nas")
        index = an_index(ID)
        register.add_version(index, copies_of(index, "nas"), (), source_state="")
        assert register.copy_in("nas") == index.tar_key
        assert register.copy_in("s3") == ""
        asked = [(ID, 1, "nas"), (ID, 2, "nas"), (ID, 1, "s3"), ("K021-B", 1, "nas")]
        assert [register.has_copy(*each) for each in asked] == [True, False, False, False]

    def test_an_act_is_noted_and_nothing_else_changes(self, register: Register) -> None:
        index = an_index(ID)
        with pytest.raises(RegisterError, match=ID):
            register.add_events(index, [an_event(9)])
        register.add_version(index, copies_of(index, "nas"), [an_event(8)], source_state="s1")
        register.hold(a_held())
        for _ in range(2):
            register.add_events(index, [an_event(9, EventKind.DISSEMINATION)])
        assert list(register.events(ID)) == [an_event(8), an_event(9, EventKind.DISSEMINATION)]
        assert list(register.held()) == [a_held()]
        assert register.source_state(ID) == "s1"

    def test_again_with_the_same_values_changes_nothing(self, register: Register) -> None:
        index = an_index(ID)
        for _ in range(2):
            register.add_version(index, copies_of(index, "nas"), [an_event(8)], source_state="s1")
        assert list(register.events(ID)) == [an_event(8)]
        assert list(register.all_versions()) == [(ID, 1, ("nas",))]

    def test_again_with_more_adds_it_and_loses_nothing(self, register: Register) -> None:
        index = an_index(ID)
        register.add_version(index, copies_of(index, "nas"), [an_event(8)], source_state="s1")
        register.add_audit(a_report(FixityResult.OK, "2026-02-01T00:00:00+00:00"))
        register.add_version(
            index, copies_of(index, "nas", "s3", at="2027-01-01T00:00:00+00:00"), [an_event(9)], source_state="s2"
        )
        register.add_version(index, (), (), source_state="")
        assert register.source_state(ID) == "s2"
        assert [e for e in register.events(ID) if e.kind is EventKind.REPLICATION] == [an_event(8), an_event(9)]
        nas, s3 = register.copies(ID, 1)
        assert (nas.deposited_at, nas.last_result) == ("2026-01-01T09:00:00+00:00", "ok")
        assert (s3.deposited_at, s3.last_result) == ("2027-01-01T00:00:00+00:00", "")

    @pytest.mark.parametrize("other", [an_index(ID, content="0" * 64), an_index(ID, tar_size=20480)])
    def test_a_version_is_never_overwritten(self, register: Register, other: object) -> None:
        index = an_index(ID)
        register.add_version(index, copies_of(index, "nas"), [an_event(8)], source_state="s1")
        register.hold(a_held())
        with pytest.raises(RegisterError, match="registered_otherwise"):
            register.add_version(other, copies_of(index, "s3"), [an_event(9)], source_state="s2")  # type: ignore[arg-type]
        assert register.index(ID) == index
        assert register.source_state(ID) == "s1"
        assert list(register.all_versions()) == [(ID, 1, ("nas",))]
        assert list(register.events(ID)) == [an_event(8)]
        assert list(register.held()) == [a_held()]

    def test_the_newest_version_is_listed(self, register: Register) -> None:
        for version in (2, 10, 1):
            index = an_index(ID, version=version, title=f"第{version}版")
            register.add_version(index, copies_of(index, f"s{version}"), [], source_state=str(version))
        assert [(r.version, r.title, r.copies) for r in register.packages()] == [(10, "第10版", ("s10",))]
        assert [v for _, v, _ in register.all_versions()] == [1, 2, 10]
        assert register.versions(ID) == (1, 2, 10)
        assert register.versions("K021") == ()
        assert [copy.store for copy in register.copies(ID, 2)] == ["s2"]
        assert register.source_state(ID) == "10"
        assert register.index(ID, 2) == an_index(ID, version=2, title="第2版")

    def test_order_is_that_of_the_identifiers(self, register: Register) -> None:
        ids = ["K021-汇", "K021-会", "K021-𠮷", "K021-A", "K021-a", "K021-=2F", "K021-·", "K021-10", "K021-9"]
        for package_id in ids:
            index = an_index(package_id)
            register.add_version(index, copies_of(index, "nas"), [], source_state="")
            register.hold(a_held(f"H{package_id}"))
        assert [row.package_id for row in register.packages()] == sorted(ids)
        assert [package_id for package_id, _, _ in register.all_versions()] == sorted(ids)
        assert [h.package_id for h in register.held()] == sorted(f"H{i}" for i in ids)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("扶贫", {"A-1"}), ("会议", {"A-2"}), ("𠮷", {"A-2"}), ("没有", set()),
            ("", {"A-1", "A-2", "A-3"}), ("a-", {"A-1", "A-2", "A-3"}), ("ａ－1", {"A-1"}),
            ("NASA", {"A-3"}), ("nasa", {"A-3"}), ("STRASSE", {"A-3"}), ("é", {"A-3"}), ("e\u0301", {"A-3"}),
            ("100%", {"A-2"}), ("%", {"A-2"}), ("_", {"A-1"}), ("/", set()), ("\\", {"A-3"}),
        ],
    )  # fmt: skip
    def test_search(self, register: Register, text: str, found: set[str]) -> None:
        titles = {"A-1": "某县扶贫_档案", "A-2": "𠮷家村会议100%", "A-3": "Nasa café straße \\n"}
        for package_id, title in titles.items():
            register.add_version(an_index(package_id, title=title), (), [], source_state="")
        assert {row.package_id for row in register.packages(Sought(words=text))} == found

    def test_search_in_what_packages_say_of_their_records(self, register: Register) -> None:
        about = {
            "K021-WS·2020·Y-0001": ("某县民政局", "缺第3页", "永久"),
            "K021-WS·2021·D30-0002": ("某县财政局", "", "30年"),
            "K021-ZP·2021·D30-0003": ("李四（民政局）", "吉祥村", "D30"),
        }
        for code, (creator, remarks, retention) in about.items():
            index = replace(an_index(code, title="关于扶贫的通知"), retention=retention, category=code[5:7])
            said = Description(
                archival_code=code, package_id=code, fonds="K021", category=code[5:7],
                elements=elements(title=index.title, creator=creator, remarks=remarks), extra=(("柜号", "七号柜"),),
            )  # fmt: skip
            register.add_version(index, (), [], source_state="", description=said)
            assert register.description(code) == said
        register.add_version(an_index("K021-WS·2020·Y-0009", title="没有说明"), (), [], source_state="")
        assert register.description("K021-WS·2020·Y-0009") is None
        assert register.description("没有") is None

        def found(words: str = "", **others: str) -> list[str]:
            return [row.package_id[-1] for row in register.packages(Sought(words=words, **others))]

        assert found("扶贫 民政局") == ["1", "3"]
        assert found("民政局 第3页") == ["1"]
        assert found("七号柜 財政局") == ["2"], "in a column of the depositor's, and in other characters"
        assert found("𠮷祥") == ["3"]
        assert found("k021-ws.2020") == ["1", "9"]
        assert found(creator="民政局", category="ZP") == ["3"]
        assert found(year="2021", period="30") == ["2", "3"]
        assert found(period="Y") == found(period="永久") == ["1", "9"]
        assert found("扶贫", year="1999") == []
        assert register.codes_like("k021-ws.2021.d30-0002") == ("K021-WS·2021·D30-0002",)
        assert register.codes_like("K021-ws", begin=True) == tuple(
            sorted(["K021-WS·2020·Y-0001", "K021-WS·2021·D30-0002", "K021-WS·2020·Y-0009"])
        )
        assert register.codes_like("K0") == ()

    def test_the_newest_version_says_what_the_record_is(self, register: Register) -> None:
        said = [Description(archival_code=ID, package_id=ID, fonds=f, category="WS") for f in ("1", "2", "3")]
        for version, about in ((1, said[0]), (2, said[1]), (1, said[2]), (2, None)):
            register.add_version(an_index(ID, version=version), (), [], source_state="", description=about)
        assert register.description(ID) == said[1]

    def test_search_refuses_what_is_no_text(self, register: Register) -> None:
        for text in ("\udcff", "长" * 2000):
            with pytest.raises(UsageError):
                list(register.packages(Sought(words=text)))

    def test_which_store_a_name_stands_for(self, register: Register) -> None:
        assert register.store_identity("nas") == ""
        register.know_store("nas", "1" * 32)
        register.know_store("s3", "2" * 32)
        register.know_store("nas", "3" * 32)
        assert [register.store_identity(name) for name in ("nas", "s3", "tape")] == ["3" * 32, "2" * 32, ""]

    def test_held(self, register: Register) -> None:
        register.hold(a_held(row=7))
        register.hold(a_held(row=8))
        register.hold(a_held("B"))
        assert list(register.held()) == [a_held("B"), a_held(row=8)]
        register.release("B", delivery="demo", folder="/b/demo")
        assert list(register.held()) == [a_held("B"), a_held(row=8)]
        register.release("B", delivery="demo", folder="/a/demo")
        assert list(register.held()) == [a_held(row=8)]
        register.add_version(an_index(ID, title=TITLE), (), [], source_state="")
        assert list(register.held()) == []

    def test_one_code_may_wait_in_several_deliveries(self, register: Register) -> None:
        waiting = [a_held(delivery="a", folder="/x/a"), a_held(delivery="b"), a_held("Z", delivery="a")]
        for held in (waiting[1], waiting[2], waiting[0]):
            register.hold(held)
        assert list(register.held()) == waiting
        register.release(ID, delivery="a", folder="/x/a")
        assert list(register.held()) == waiting[1:]
        register.hold(waiting[0])
        assert list(register.held(delivery=waiting[1].delivery_id)) == waiting[1:2]
        assert list(register.held(package_id=ID)) == waiting[:2]
        assert list(register.held(package_id="Z", delivery=waiting[1].delivery_id)) == []
        register.add_version(an_index(ID, title=TITLE), (), [], source_state="")
        assert list(register.held()) == waiting[2:], "it is stored: nobody waits for it any more"

    def test_what_only_has_the_code_of_what_was_stored_waits_on(self, register: Register) -> None:
        other = a_held(delivery="b", title="另一件")
        register.hold(other)
        register.hold(a_held(delivery="a"))
        register.add_version(an_index(ID, title=f" {TITLE}".strip()), (), [], source_state="")
        assert list(register.held()) == [other]

    def test_rows_that_share_a_code_wait_each(self, register: Register) -> None:
        twice = [a_held(row=row, code="doubled_archival_code") for row in (7, 8)]
        for held in (*twice, twice[0], a_held(delivery="b")):
            register.hold(held)
        assert list(register.held()) == [a_held(delivery="b"), *twice]
        register.hold(a_held(row=7))
        assert list(register.held()) == [a_held(delivery="b"), a_held(row=7)], "one of the two was taken out"
        for held in twice:
            register.hold(held)
        register.release(ID, delivery="demo", folder="/a/demo")
        assert list(register.held()) == [a_held(delivery="b")]

    def test_what_was_withdrawn_waits_no_more_and_is_noted(self, register: Register) -> None:
        one, other, whole = a_held("A"), a_held("B"), a_held("", title="")
        for held in (one, other, whole):
            register.hold(held)
        register.withdraw([one, whole], by="王", at="2026-02-01T00:00:00+00:00", reason="重复移交")
        assert list(register.held()) == [other]
        told = [(w.package_id, w.title, w.by, w.reason) for w in register.withdrawals(one.delivery_id)]
        assert told == [("A", TITLE, "王", "重复移交"), ("", "", "王", "重复移交")]
        assert list(register.withdrawals()) == list(register.withdrawals(one.delivery_id))
        assert list(register.withdrawals("another")) == []

    def test_what_was_held_before_folders_were_noted_ends_with_its_delivery(self, register: Register) -> None:
        register.hold(a_held(folder=""))
        register.hold(a_held(row=8))
        assert list(register.held()) == [a_held(row=8)], "the same record, in the same delivery"
        register.hold(a_held("B", folder=""))
        register.release("B", delivery="demo", folder="/a/demo")
        assert list(register.held()) == [a_held(row=8)]

    def test_audits(self, register: Register) -> None:
        index = an_index(ID)
        register.add_version(index, copies_of(index, "nas", "s3"), [], source_state="")
        register.add_audit(a_report(FixityResult.OK, "2026-02-01T00:00:00+00:00"))
        assert [(r.last_audit, r.last_result) for r in register.packages()] == [("", "")], "s3 was never audited"
        register.add_audit(a_report(FixityResult.OK, "2026-02-02T00:00:00+00:00", store="s3"))
        assert [(r.last_audit, r.last_result) for r in register.packages()] == [("2026-02-01T00:00:00+00:00", "ok")]
        register.add_audit(a_report(FixityResult.COULD_NOT_TELL, "2026-02-03T00:00:00+00:00"))
        assert [r.last_result for r in register.packages()] == ["could not tell"]
        register.add_audit(a_report(FixityResult.MISSING, "2026-02-04T00:00:00+00:00", store="s3"))
        assert [r.last_result for r in register.packages()] == ["missing"]
        register.add_audit(a_report(FixityResult.MISMATCH, "2026-02-05T00:00:00+00:00"))
        assert [r.last_result for r in register.packages()] == ["mismatch"]
        nas, _ = register.copies(ID, 1)
        assert (nas.last_ok, nas.audits) == ("2026-02-01T00:00:00+00:00", 3)

    def test_every_audit_is_kept_and_is_an_event(self, register: Register) -> None:
        index = an_index(ID)
        register.add_version(index, copies_of(index, "nas", "s3"), [an_event(8)], source_state="")
        register.add_audit(a_report(FixityResult.OK, "2026-02-01T00:00:00+00:00"))
        register.add_audit(a_report(FixityResult.MISMATCH, "2026-02-03T00:00:00+00:00", store="s3"))
        register.add_audit(a_report(FixityResult.COULD_NOT_TELL, "2026-02-02T00:00:00+00:00"))
        register.add_audit(a_report(FixityResult.OK, "2026-02-03T00:00:00+00:00"))
        assert [(a.store, a.result.value, a.ended_at[8:10], a.bytes_read) for a in register.audits(ID)] == [
            ("nas", "ok", "01", 10240),
            ("nas", "could not tell", "02", 10240),
            ("s3", "mismatch", "03", 10240),
            ("nas", "ok", "03", 10240),
        ]
        told = [(e.kind.value, e.outcome.value, e.at.day) for e in register.events(ID)]
        assert told == [
            ("replication", "success", 1),
            ("fixity check", "success", 1),
            ("fixity check", "could not tell", 2),
            ("fixity check", "failure", 3),
            ("fixity check", "success", 3),
        ]
        assert all(audit.program for audit in register.audits(ID))

    def test_how_much_an_audit_is_to_read(self, register: Register) -> None:
        for number, stores in enumerate((["nas"], ["nas", "s3"], [])):
            index = an_index(f"P-{number}", members=some_members(number + 1))
            register.add_version(index, copies_of(index, *stores), [], source_state="")
        assert register.volume(["nas"]) == 3000
        assert register.volume(["nas", "s3", "tape"]) == 5000
        assert register.volume([]) == 0

    def test_could_not_tell_does_not_hide_a_known_fault(self, register: Register) -> None:
        index = an_index(ID)
        register.add_version(index, copies_of(index, "nas"), [], source_state="")
        register.add_audit(a_report(FixityResult.MISMATCH, "2026-02-01T00:00:00+00:00"))
        register.add_audit(a_report(FixityResult.COULD_NOT_TELL, "2026-02-02T00:00:00+00:00"))
        assert [(r.last_audit, r.last_result) for r in register.packages()] == [
            ("2026-02-01T00:00:00+00:00", "mismatch")
        ]
        register.add_audit(a_report(FixityResult.OK, "2026-02-03T00:00:00+00:00"))
        assert [(r.last_audit, r.last_result) for r in register.packages()] == [("2026-02-03T00:00:00+00:00", "ok")]

    def test_faults_are_kept_in_full_and_not_every_night_anew(self, register: Register) -> None:
        index = an_index(ID)
        register.add_version(index, copies_of(index, "nas", "s3"), [], source_state="")
        first = a_report(FixityResult.MISMATCH, "2026-02-01T00:00:00+00:00")
        other = a_report(FixityResult.MISMATCH, "2026-02-09T00:00:00+00:00", path="metadata/premis.xml")
        elsewhere = a_report(FixityResult.MISMATCH, "2026-02-10T00:00:00+00:00", store="s3")
        register.add_audit(first)
        for night in range(2, 9):
            register.add_audit(a_report(FixityResult.MISMATCH, f"2026-02-0{night}T00:00:00+00:00"))
            register.add_audit(a_report(FixityResult.OK, f"2026-02-0{night}T00:00:00+00:00", store="s3"))
        register.add_audit(other)
        register.add_audit(elsewhere)
        assert list(register.faults(ID)) == [first, other, elsewhere]

    @pytest.mark.parametrize("result", FixityResult)
    def test_an_audit_of_an_unknown_copy_is_told(self, register: Register, result: FixityResult) -> None:
        index = an_index(ID)
        register.add_version(index, copies_of(index, "nas"), [], source_state="")
        with pytest.raises(RegisterError, match="tape"):
            register.add_audit(a_report(result, "2026-02-01T00:00:00+00:00", store="tape"))
        assert list(register.faults(ID)) == []

    def test_listing_while_writing(self, register: Register) -> None:
        for number in range(5):
            index = an_index(f"P-{number}")
            register.add_version(index, copies_of(index, "nas"), [], source_state="")
        for row in register.packages():
            register.hold(a_held(row.package_id))
        assert len(list(register.held())) == 5

    def test_threads_may_share_it(self, register: Register) -> None:
        def work(thread: int) -> None:
            for number in range(10):
                index = an_index(f"P-{thread}-{number}", members=some_members(5))
                register.add_version(index, copies_of(index, "nas"), [an_event(8)], source_state="")

        threads = [Thread(target=work, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(list(register.packages())) == 60
        assert all(len(list(register.events(row.package_id))) == 1 for row in register.packages())
