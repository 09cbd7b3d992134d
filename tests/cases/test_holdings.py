"""What is held and why: classified material, records that wait in several deliveries, corrections."""

from pathlib import Path

import pytest

from pipeline.cli.console import Common
from pipeline.cli.rebuild import command as rebuild
from pipeline.cli.show import command as show
from pipeline.domain.digests import sha256_of
from pipeline.domain.outcomes import State
from pipeline.ports import Sought
from pipeline.texts import Texts
from tests.makers.cases import taken
from tests.makers.deliveries import delivery, pages
from tests.makers.services import Works, opened_works

A, B = "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"


def test_classified_material_is_held_before_a_byte_is_copied(tmp_path: Path) -> None:
    rows = [{"档号": A, "密级": "机密★10年"}, {"档号": B, "密级": "公开"}]
    files = pages(A, "001.txt") | pages(B, "001.txt")
    took = taken(delivery(tmp_path / "d", rows, files, extra_headers=["密级"]), tmp_path)
    assert (took.exit_code, took.of(A).state, took.of(B).state) == (1, State.HELD, State.STORED)
    assert took.codes(A) == {"classified_material"}
    assert not list((took.home / "work").rglob(f"{took.of(A).package_id}*"))


def waiting(works: Works) -> list[tuple[str, str, str]]:
    """Delivery, code and title of what waits."""
    return [(held.delivery, held.archival_code, held.title) for held in works.archive.register.held()]


def test_what_waits_belongs_to_its_delivery_and_row_and_ends_with_it(tmp_path: Path) -> None:
    rows = [{"档号": A, "题名": "甲"}, {"档号": B, "题名": "乙"}]
    one, other = tmp_path / "one", tmp_path / "other"
    delivery(one, rows, {})
    delivery(other, [{"档号": A, "题名": "丙"}, {"档号": B, "题名": "乙"}], pages(A, "001.txt", "003.txt"))
    with opened_works(tmp_path / "home") as works:
        works.ingest(one)
        works.ingest(other)
        assert waiting(works) == [
            ("one", A, "甲"), ("other", A, "丙"), ("one", B, "乙"), ("other", B, "乙"),
        ]  # fmt: skip
        delivery(one, rows[:1], {"多余.txt": b"x"})
        works.ingest(one)
        assert waiting(works) == [("one", "", ""), ("one", A, "甲"), ("other", A, "丙"), ("other", B, "乙")]
        (one / "多余.txt").unlink()
        (one / "catalogue.csv").rename(one / "list.csv")
        works.ingest(one)
        assert waiting(works)[:2] == [("one", "", ""), ("one", A, "甲")], "nobody can tell which rows are gone"
        (one / "list.csv").rename(one / "catalogue.csv")
        delivery(one, [{"档号": A, "题名": "甲（改）"}], pages(A, "001.txt"))
        works.ingest(one)
        assert waiting(works) == [("other", A, "丙"), ("other", B, "乙")]


def test_a_delivery_whose_disk_was_mounted_elsewhere_is_the_same(tmp_path: Path) -> None:
    rows = [{"档号": A, "题名": "甲"}, {"档号": B, "题名": "乙"}]
    disk = delivery(tmp_path / "usb1", rows, pages(B, "001.txt") | {"多余.txt": b"x"})
    with opened_works(tmp_path / "home") as works:
        works.ingest(disk)
        (disk / "多余.txt").unlink()
        works.ingest(disk.rename(tmp_path / "usb2"))
        assert waiting(works) == [("usb2", A, "甲")]
        before, now = works.services.ledger.deliveries()
        assert (before.moved_to, now.moved_to) == (now.id, "")


def test_rows_with_one_code_wait_each(tmp_path: Path) -> None:
    rows = [{"档号": A, "题名": "甲"}, {"档号": A, "题名": "乙"}]
    with opened_works(tmp_path / "home") as works:
        works.ingest(delivery(tmp_path / "d", rows, pages(A, "001.txt")))
        assert waiting(works) == [("d", A, "甲"), ("d", A, "乙")]
        works.ingest(delivery(tmp_path / "d", [rows[0], {"档号": B, "题名": "乙"}], pages(B, "001.txt")))
        assert waiting(works) == []


def test_who_handed_a_bag_in_is_known(tmp_path: Path) -> None:
    bag = tmp_path / "bag"
    delivery(bag / "data", [{"档号": A}], pages(A, "001.txt"))
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (bag / "bag-info.txt").write_text("Source-Organization: 某县民政局\nContact-Name: 李梅\n", "utf-8")
    files = sorted(path for path in (bag / "data").rglob("*") if path.is_file())
    listed = "".join(f"{sha256_of(path.read_bytes())}  {path.relative_to(bag)}\n" for path in files)
    (bag / "manifest-sha256.txt").write_text(listed, "utf-8")
    with opened_works(tmp_path / "home") as works:
        works.ingest(bag)
        (known,) = works.services.ledger.deliveries()
        assert (known.depositor, known.contact) == ("某县民政局", "李梅")


def test_a_correction_says_what_differs(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    row = {"档号": A, "题名": "关于扶贫的通知", "责任者": "某县民政局"}
    with opened_works(tmp_path / "home") as works:
        works.one(delivery(folder, [row], pages(A, "001.txt", "002.txt"), extra_headers=["责任者"]))
        corrected = {**row, "题名": "关于扶贫的通报", "责任者": "某县乡村振兴局"}
        ended = works.one(delivery(folder, [corrected], {}, extra_headers=["责任者"]))
        assert (ended.state, [f.code for f in ended.findings]) == (State.WAITING, ["stored_description_differs"])
        said = Texts.load().sentence(ended.findings[0], "zh")
        assert "题名：库中为“关于扶贫的通知”，现为“关于扶贫的通报”" in said
        assert "责任者：库中为“某县民政局”，现为“某县乡村振兴局”" in said
        (folder / "files" / A / "002.txt").rename(folder / "files" / A / "附件.txt")
        (folder / "files" / A / "001.txt").write_bytes(b"changed")
        ended = works.one(delivery(folder, [row], {}, extra_headers=["责任者"]))
        assert (ended.state, ended.findings[-1].code) == (State.HELD, "already_stored_differs")
        said = Texts.load().sentence(ended.findings[-1], "zh")
        assert "内容不同的文件 1 个（001.txt）；只改了名称的文件 1 个（002.txt → 附件.txt）" in said
        assert "题名" not in said


def test_what_a_package_says_of_its_record_is_searched_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {
        "档号": A,
        "题名": "关于𠮷祥村的通知",
        "责任者": "某县民政局",
        "文号": "民〔2020〕1号",
        "密级": "公开",
        "开放标识": "开放",
    }
    folder = delivery(tmp_path / "d", [row], pages(A, "001.txt"), extra_headers=["责任者", "文号", "密级", "开放标识"])
    with opened_works(tmp_path / "home") as works:
        works.one(folder)
        register, home = works.archive.register, works.archive.home.root
        assert [r.package_id for r in register.packages(Sought(words="吉祥 民政局 1号", year="2020"))] == [A]
        show(A, common=Common(home=home, lang="zh"))
        shown = capsys.readouterr().out
        for value in ("某县民政局", "民〔2020〕1号", "公开", "开放标识"):
            assert value in shown
    for file in home.glob("register.db*"):
        file.unlink()
    assert rebuild(common=Common(home=home, lang="zh")) == 0
    show(A, common=Common(home=home, lang="zh"))
    assert "某县民政局" in capsys.readouterr().out, "read from the store where the register was not told"
