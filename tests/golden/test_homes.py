"""A home that a released version wrote serves today's program: audit, listing, rebuild, access, verify, ingest."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.makers.deliveries import delivery
from tests.makers.golden import versions
from tests.makers.golden_delivery import LATER, PROFILE, WAV
from tests.makers.golden_home import (
    AUDITED,
    CODES,
    FACTS,
    GoldenHome,
    changed_byte,
    expected_states,
    files_below,
    listed,
    reasons,
    states,
)

NEW = "K021-WS·2022·Y-0001"


def test_there_are_golden_homes() -> None:
    assert "0.1.0" in versions()


def test_every_copy_is_sound(golden: GoldenHome) -> None:
    done = golden.terminal.type("audit", "--all", "--json")

    assert done.code == 0, done.out + done.err
    assert {(copy["package_id"], copy["store"], copy["result"]) for copy in done.json} == {
        (code, store, "ok") for code in CODES for store in ("first", "second")
    }


def test_the_register_lists_what_it_listed(golden: GoldenHome) -> None:
    rows = golden.terminal.type("list", "--json")
    assert rows.code == 0, rows.err
    assert listed(rows.json, *AUDITED) == listed(golden.told("list"), *AUDITED)
    found = golden.terminal.type("list", "𠮷顺、𬎆", "--json")
    assert listed(found.json, "title") == [("柳树村陈𠮷顺、𬎆户扶贫档案",)]
    held = golden.terminal.type("list", "--held", "--json")
    assert held.code == 0, held.err
    for name in ("package_id", "archival_code", "title", "delivery", "since"):
        assert listed(held.json, name) == listed(golden.told("held"), name)
    assert reasons(held.json) == reasons(golden.told("held"))
    for command in (("list",), ("list", "--held")):
        assert golden.terminal.type(*command).code == 0


def test_a_package_is_shown_as_it_was(golden: GoldenHome) -> None:
    for code in (WAV, LATER):
        assert golden.terminal.type("show", code).code == 0
        done = golden.terminal.type("show", code, "--json")
        assert done.code == 0, done.err
        now, then = done.json, golden.told(f"show/{code}")
        assert now["copies"] == then["copies"]
        for name in ("path", "size", "sha256", "original_name_hex", "media_type", "puid"):
            assert listed(now["index"]["members"], name) == listed(then["index"]["members"], name)
        for name in ("kind", "at", "agent", "outcome", "objects", "detail"):
            assert listed(now["events"], name) == listed(then["events"], name)


def test_packages_are_whole_in_the_store_and_alone(golden: GoldenHome, tmp_path: Path) -> None:
    assert golden.terminal.type("verify", WAV).code == 0
    tar = golden.tar("second", WAV)
    alone = tmp_path / "alone"
    shutil.copytree(tar.parent, alone)
    assert golden.terminal.type("verify", alone / tar.name).code == 0
    assert golden.terminal.type("get", LATER, "-o", tmp_path / "out").code == 0
    (bag,) = (tmp_path / "out").iterdir()
    assert golden.terminal.type("verify", bag).code == 0


def test_every_original_comes_back_byte_for_byte(golden: GoldenHome, tmp_path: Path) -> None:
    def taken(code: str) -> None:
        done = golden.terminal.type("get", code, "--originals", "-o", tmp_path / "out")
        assert done.code == 0, done.err

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(taken, CODES))

    for code in CODES:
        expected = golden.originals(code)
        assert expected
        assert files_below(tmp_path / "out" / code) == expected


def test_stores_alone_give_the_same_register(golden: GoldenHome) -> None:
    for file in golden.terminal.home.glob("register.db*"):
        file.unlink()

    done = golden.terminal.type("rebuild", "--json")

    assert done.code == 0, done.out + done.err
    assert (done.json["packages"], done.json["copies"], done.json["held"]) == (len(CODES), 2 * len(CODES), 0)
    assert listed(golden.terminal.type("list", "--json").json, *FACTS) == listed(golden.told("list"), *FACTS)
    assert golden.terminal.type("audit", "--all").code == 0
    again = golden.terminal.type("ingest", golden.delivery, "--json")
    assert states(again.json) == expected_states()


def test_a_rebuild_takes_over_what_only_the_register_knew(golden: GoldenHome) -> None:
    done = golden.terminal.type("rebuild", "--json")

    assert done.code == 0, done.out + done.err
    assert (done.json["packages"], done.json["copies"]) == (len(CODES), 2 * len(CODES))
    assert done.json["held"] == len(golden.told("held"))
    assert listed(golden.terminal.type("list", "--json").json, *AUDITED) == listed(golden.told("list"), *AUDITED)
    assert reasons(golden.terminal.type("list", "--held", "--json").json) == reasons(golden.told("held"))
    for code in (WAV, LATER):
        now, then = golden.terminal.type("show", code, "--json").json["events"], golden.told(f"show/{code}")["events"]
        assert listed(now, "kind", "at", "detail") == listed(then, "kind", "at", "detail")


def test_the_same_delivery_from_another_place_changes_nothing(golden: GoldenHome) -> None:
    before = golden.objects()

    done = golden.terminal.type("ingest", golden.elsewhere(golden.delivery), "--json")

    assert done.code == 1, done.out + done.err
    assert states(done.json) == expected_states()
    assert golden.objects() == before
    now, then = reasons(golden.terminal.type("list", "--held", "--json").json), reasons(golden.told("held"))
    assert now.keys() == then.keys()
    assert all(set(then[code]) <= set(now[code]) for code in then), "later checks may tell more, and nothing less"


def test_what_clashed_is_let_go_when_it_comes_as_it_was(golden: GoldenHome) -> None:
    before = golden.objects()
    profile = golden.root / "delivery" / PROFILE
    assert LATER in reasons(golden.told("held"))

    done = golden.terminal.type("ingest", golden.elsewhere(golden.supplement), "--profile", profile, "--json")

    assert done.code == 0, done.out + done.err
    assert states(done.json) == {LATER: "unchanged"}
    assert golden.objects() == before
    assert LATER not in reasons(golden.terminal.type("list", "--held", "--json").json)


def test_the_home_goes_on_in_use(golden: GoldenHome, tmp_path: Path) -> None:
    later = delivery(tmp_path / "later", [{"档号": NEW}], {f"files/{NEW}/001.txt": "新\n".encode()})

    done = golden.terminal.type("ingest", later, "--json")

    assert done.code == 0, done.out + done.err
    assert states(done.json) == {NEW: "stored"}
    assert listed(golden.terminal.type("list", "--json").json, "package_id") == sorted(
        (code,) for code in (*CODES, NEW)
    )
    assert golden.terminal.type("audit", "--all").code == 0


def test_a_changed_byte_of_a_file_is_found(golden: GoldenHome) -> None:
    changed_byte(golden.tar("second", WAV), b"RIFF")

    done = golden.terminal.type("audit", "--all", "--json")

    assert done.code == 6, done.out + done.err
    bad = [(copy["package_id"], copy["store"], copy["result"]) for copy in done.json if copy["result"] != "ok"]
    assert bad == [(WAV, "second", "mismatch")]
    assert golden.terminal.type("verify", WAV).code == 6


def test_a_changed_byte_of_an_index_is_found(golden: GoldenHome) -> None:
    changed_byte(golden.tar("first", WAV).with_suffix(".index.json"), "驻村".encode())

    done = golden.terminal.type("audit", "--all", "--json")

    assert done.code == 6, done.out + done.err
    assert [(copy["package_id"], copy["store"]) for copy in done.json if copy["result"] != "ok"] == [(WAV, "first")]
