"""Every command with `--json`: what it prints is as its schema in `metadata_schemas/cli` says."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from pipeline.cli import COMMANDS
from pipeline.schemas import SCHEMAS
from tests.cli.conftest import BARE, HELD, PHOTOS, TEXT, Filled
from tests.makers.terminal import Terminal, Typed

FILES = {path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8")) for path in
         sorted((SCHEMAS / "cli").glob("*.schema.json"))}  # fmt: skip
REGISTRY: Registry[Any] = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in FILES.values()
)


def faults(command: str, value: object) -> list[str]:
    validator = Draft202012Validator(FILES[command], registry=REGISTRY)
    return [error.message[:300] for error in validator.iter_errors(value)]


def holds(command: str, done: Typed, code: int) -> Any:
    assert done.code == code, done.out + done.err
    assert faults(command, done.json) == []
    return done.json


def test_every_command_has_a_schema() -> None:
    assert {name for name, _ in COMMANDS} == FILES.keys() - {"common"}


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_schema_is_one_and_describes_what_it_names(name: str) -> None:
    Draft202012Validator.check_schema(FILES[name])

    def undescribed(schema: object, at: str = "") -> list[str]:
        if isinstance(schema, list):
            return [found for each in schema for found in undescribed(each, at)]
        if not isinstance(schema, dict):
            return []
        found = []
        for key, each in schema.get("properties", {}).items():
            told = isinstance(each, dict) and ("description" in each or "$ref" in each or set(each) == {"type"})
            told = told or (isinstance(each, dict) and set(each) == {"type", "items"})
            found += ([] if told else [f"{at}.{key}"]) + undescribed(each, f"{at}.{key}")
        return found + [f for k in ("items", "anyOf", "$defs") if k in schema for f in undescribed(
            list(schema[k].values()) if k == "$defs" else schema[k], at)]  # fmt: skip

    assert undescribed(FILES[name]) == []


def test_ingest(filled: Filled) -> None:
    assert faults("ingest", json.loads(filled.out)) == []
    again = holds("ingest", filled.terminal.type("ingest", filled.delivery, "--json"), 1)
    assert {each["state"] for each in again["report"]["outcomes"]} == {"unchanged", "held"}


def test_what_only_reads(filled: Filled, tmp_path: Path) -> None:
    terminal = filled.terminal
    assert len(holds("list", terminal.type("list", "--json"), 0)) == 2
    assert len(holds("list", terminal.type("list", "--held", "--json"), 0)) == 2
    holds("show", terminal.type("show", TEXT, "--json"), 0)
    holds("verify", terminal.type("verify", TEXT, "--json"), 0)
    holds("audit", terminal.type("audit", "--all", "--json"), 0)
    holds("audit", terminal.type("audit", TEXT, "--documents", "--json"), 0)
    holds("get", terminal.type("get", TEXT, "-o", tmp_path, "--json"), 0)
    bag = tmp_path / f"{TEXT}-v0001"
    holds("verify", terminal.type("verify", bag, "--json"), 0)
    (bag / "data/original/001.txt").write_bytes(b"other")
    assert holds("verify", terminal.type("verify", bag, "--json"), 1)["findings"]
    holds("doctor", terminal.type("doctor", "--json"), 0)
    holds("doctor", terminal.type("doctor", "--tools-only", "--json"), 0)


def test_deliveries_and_withdrawal(own: Terminal, filled: Filled) -> None:
    (one,) = holds("deliveries", own.type("deliveries", "--json"), 0)
    assert one["counts"]["stored"] + one["counts"]["unchanged"] == 2
    assert (one["records"], one["waiting"], one["withdrawn"]) == (4, 2, 0)
    taken = holds("withdraw", own.type("withdraw", BARE, "--reason", "目录填错", "--json"), 0)
    assert [each["package_id"] for each in taken["withdrawn"]] == [BARE]
    told = holds("deliveries", own.type("deliveries", filled.delivery, "--json"), 0)
    assert [each["package_id"] for each in told["held"]] == [HELD]
    assert [(each["package_id"], each["reason"]) for each in told["withdrawals"]] == [(BARE, "目录填错")]


def test_derive(own: Terminal) -> None:
    assert holds("derive", own.type("derive", "--json"), 0)["missing"] == []
    assert holds("derive", own.type("derive", "--missing", "--json"), 0)["report"]["outcomes"] == []
    (ended,) = holds("derive", own.type("derive", PHOTOS, "--json"), 0)["report"]["outcomes"]
    assert ended["state"] == "unchanged"


def test_a_copy_that_has_changed(own: Terminal, flip: Callable[[Terminal, str, str, bytes], None]) -> None:
    flip(own, "b", TEXT, "一、基本情况\n".encode())
    assert [copy["result"] for copy in holds("audit", own.type("audit", TEXT, "--json"), 6)] == ["ok", "mismatch"]
    holds("verify", own.type("verify", TEXT, "--json"), 6)


def test_a_store_that_is_gone(own: Terminal) -> None:
    shutil.move(own.home / "b", own.home / "elsewhere")
    done = own.type("doctor", "--json")
    assert done.code != 0
    assert faults("doctor", done.json) == []


def test_init_and_rebuild(own: Terminal, tmp_path: Path) -> None:
    made = ("init", tmp_path / "new", "--fonds", "K021", "--name", "某县档案馆", "--store", "first=a", "--json")
    holds("init", own.type(*made), 0)
    assert "error" in holds("init", own.type(*made), 2)
    assert holds("rebuild", own.type("rebuild", "--json"), 0)["packages"] == 2


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("show", ["no-such-package"]),
        ("show", ["--no-such-option"]),
        ("get", ["no-such-package", "-o", "."]),
        ("verify", ["no/such.tar"]),
        ("audit", []),
        ("derive", ["no-such-package"]),
        ("deliveries", ["no-such-delivery"]),
        ("withdraw", ["no-such-code", "--reason", "x"]),
        ("withdraw", [TEXT, "--reason", "x"]),
        ("withdraw", [HELD]),
        ("ingest", ["no-such-folder"]),
        ("list", ["--home", "no-such-home"]),
        ("rebuild", ["--home", "no-such-home"]),
        ("doctor", ["--home", "no-such-home"]),
    ],
)
def test_a_wrong_call_is_an_error_object(filled: Filled, command: str, arguments: list[str]) -> None:
    told = holds(command, filled.terminal.type(command, *arguments, "--json"), 2)
    assert set(told) == {"error", "exit_code"}
    assert told["exit_code"] == 2
    assert told["error"]["zh"] != told["error"]["en"]
