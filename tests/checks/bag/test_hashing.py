"""Digests of many files, each read once."""

import hashlib
import os
from pathlib import Path

import pytest

from pipeline.checks.bag.hashing import hash_files, hex_length, normal_name

CONTENT = {"a": b"", "b": b"hello", "c": os.urandom(3 << 20)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in CONTENT.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(("written", "name"), [("sha256", "sha256"), ("SHA-256", "sha256"), ("SHA3_512", "sha3512")])
def test_names_as_bagit_compares_them(written: str, name: str) -> None:
    assert normal_name(written) == name


@pytest.mark.parametrize(
    ("name", "length"), [("md5", 32), ("sha512", 128), ("sm3", 64), ("shake128", None), ("x", None)]
)
def test_how_long_a_digest_is(name: str, length: int | None) -> None:
    assert hex_length(name) == length


def test_every_byte_is_read_once_for_all_algorithms(folder: Path) -> None:
    told: list[int] = []
    digests, found = hash_files(folder, {name: ["sha256", "sm3"] for name in CONTENT}, told.append)
    assert found == []
    assert digests == {
        name: {algorithm: hashlib.new(algorithm, content).hexdigest() for algorithm in ("sha256", "sm3")}
        for name, content in CONTENT.items()
    }
    assert sum(told) == sum(map(len, CONTENT.values()))


def test_one_that_cannot_be_read_is_told_and_costs_no_other(folder: Path) -> None:
    (folder / "link").symlink_to("a")
    os.mkfifo(folder / "pipe")
    wanted = {name: ["md5"] for name in ("gone", "link", "pipe", "b")}
    digests, found = hash_files(folder, wanted, lambda _: None)
    assert list(digests) == ["b"]
    assert [(each.code, each.subject) for each in found] == [
        ("bag_unreadable", "gone"),
        ("bag_unreadable", "link"),
        ("bag_unreadable", "pipe"),
    ]
