import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.codecs.bagit_profile import (
    LANTAI_PROFILE,
    BagContents,
    BagitProfile,
    check_bagit_profile,
    load_bagit_profile,
)
from pipeline.errors import ProfileError
from pipeline.profiles import PROFILES

FILE = PROFILES / "packages" / "lantai-bagit-profile.json"
INFO = {
    "Source-Organization": "某县档案馆", "External-Identifier": "x", "External-Description": "题名",
    "Bagging-Date": "2026-01-01", "Bag-Group-Identifier": "b", "Payload-Oxum": "5.1", "Bag-Size": "5 bytes",
    "Bag-Software-Agent": "lantai", "全宗号": "K021", "档号": "K021-1", "档案门类代码": "ZY", "版本": "v0001",
    "BagIt-Profile-Identifier": LANTAI_PROFILE,
}  # fmt: skip
GOOD = BagContents(
    version="1.0",
    info=tuple(INFO.items()),
    manifests=("sha256", "sm3"),
    tag_manifests=("sha256", "sm3"),
    tag_files=("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sm3.txt", "metadata/record.xml",
               "metadata/premis.xml", "metadata/mets.xml", "seal/tagmanifest-sha256.txt.p7s"),
    payload=(("data/original/第1页.tif", 5),),
)  # fmt: skip


@pytest.fixture(scope="module")
def profile() -> BagitProfile:
    return load_bagit_profile(FILE)


def test_a_good_bag_conforms(profile: BagitProfile) -> None:
    assert profile.identifier == LANTAI_PROFILE
    assert check_bagit_profile(GOOD, profile) == ()
    assert check_bagit_profile(replace(GOOD, serialization="application/x-tar"), profile) == ()


def without(label: str) -> BagContents:
    return replace(GOOD, info=tuple(pair for pair in GOOD.info if pair[0] != label))


BAD = [
    (replace(GOOD, version="0.97"), {("bag_profile_version", "bagit.txt")}),
    (replace(GOOD, serialization="application/zip"), {("bag_profile_serialization", "bag")}),
    (without("BagIt-Profile-Identifier"), {("bag_profile_not_named", "bag-info.txt")}),
    (without("档号"), {("bag_profile_tag_missing", "bag-info.txt")}),
    (replace(GOOD, info=(*GOOD.info, ("档号", "other"))), {("bag_profile_tag_repeated", "bag-info.txt")}),
    (replace(GOOD, manifests=("sm3",)), {("bag_profile_file_missing", "manifest-sha256.txt")}),
    (replace(GOOD, manifests=("md5", "sha256")), {("bag_profile_file_not_allowed", "manifest-md5.txt")}),
    (replace(GOOD, tag_manifests=()), {("bag_profile_file_missing", "tagmanifest-sha256.txt")}),
    (replace(GOOD, tag_files=GOOD.tag_files[:-3]), {
        ("bag_profile_file_missing", "metadata/mets.xml"), ("bag_profile_file_missing", "metadata/premis.xml")}),
    (replace(GOOD, tag_files=(*GOOD.tag_files, "notes.txt")), {("bag_profile_file_not_allowed", "notes.txt")}),
    (replace(GOOD, payload=()), {("bag_profile_file_missing", "data/original/")}),
    (replace(GOOD, payload=(*GOOD.payload, ("data/other/x", 1))), {("bag_profile_file_not_allowed", "data/other/x")}),
    (replace(GOOD, payload=(*GOOD.payload, ("data/original", 1))), {("bag_profile_file_not_allowed", "data/original")}),
    (replace(GOOD, fetch=True), {("bag_profile_file_not_allowed", "fetch.txt")}),
]  # fmt: skip


@pytest.mark.parametrize(("bag", "expected"), BAD, ids=range(len(BAD)))
def test_one_change_and_it_does_not(profile: BagitProfile, bag: BagContents, expected: set[tuple[str, str]]) -> None:
    assert {(f.code, f.subject) for f in check_bagit_profile(bag, profile)} == expected


def loaded(folder: Path, **changes: Any) -> BagitProfile:
    """A small profile of its own."""
    data = {
        "BagIt-Profile-Info": {"Source-Organization": "x", "External-Description": "x", "Version": "1",
                               "BagIt-Profile-Identifier": "https://a.example/p.json"},
        "Accept-BagIt-Version": ["0.97", "1.0"],
    }  # fmt: skip
    path = folder / "profile.json"
    path.write_text(json.dumps(data | changes), "utf-8")
    return load_bagit_profile(path)


ANY = BagContents(version="0.97", info=(("bagit-profile-identifier", "https://a.example/p.json"),))


@pytest.mark.parametrize(
    ("changes", "bag", "codes"),
    [
        ({}, ANY, []),
        ({"Fetch.txt-Required": True}, ANY, ["bag_profile_file_missing"]),
        ({"Fetch.txt-Required": True}, replace(ANY, fetch=True), []),
        ({"Data-Empty": True}, replace(ANY, payload=(("data/.keep", 0),)), []),
        ({"Data-Empty": True}, replace(ANY, payload=(("data/.keep", 1),)), ["bag_profile_data_not_empty"]),
        ({"Data-Empty": True}, replace(ANY, payload=(("data/a", 0), ("data/b", 0))), ["bag_profile_data_not_empty"]),
        ({"Serialization": "required", "Accept-Serialization": ["application/zip"]}, ANY,
         ["bag_profile_serialization"]),
        ({"Serialization": "forbidden"}, replace(ANY, serialization="application/zip"), ["bag_profile_serialization"]),
        ({"Bag-Info": {"X": {"values": ["a", "b"]}}}, replace(ANY, info=(*ANY.info, ("x", "c"))),
         ["bag_profile_tag_value"]),
        ({"Bag-Info": {"X": {"required": True}}}, replace(ANY, info=(*ANY.info, ("X", ""))),
         ["bag_profile_tag_missing"]),
        ({"Payload-Files-Allowed": ["data/*.tif"]}, replace(ANY, payload=(("data/a/b.tif", 1),)), []),
        ({"Payload-Files-Allowed": ["data/*.tif"]}, replace(ANY, payload=(("data/a_tif", 1),)),
         ["bag_profile_file_not_allowed"]),
        ({"Payload-Files-Required": ["data/a/x"]}, replace(ANY, payload=(("data/a/xy", 1),)),
         ["bag_profile_file_missing"]),
    ],
)  # fmt: skip
def test_every_rule_of_the_specification(
    tmp_path: Path, changes: dict[str, Any], bag: BagContents, codes: list[str]
) -> None:
    assert [f.code for f in check_bagit_profile(bag, loaded(tmp_path, **changes))] == codes


@pytest.mark.parametrize(
    "changes",
    [
        {"Accept-BagIt-Version": []},
        {"Serialization": "maybe"},
        {"Serialization": "required"},
        {"Fetch.txt-Required": True, "Allow-Fetch.txt": False},
        {"Bag-Info": {"BagIt-Profile-Identifier": {}}},
        {"Manifests-Required": ["sha256"], "Manifests-Allowed": ["sha512"]},
        {"Tag-Manifests-Required": ["sha256"], "Tag-Manifests-Allowed": []},
        {"Tag-Files-Required": ["a/b"], "Tag-Files-Allowed": ["c/*"]},
        {"Payload-Files-Required": ["data/a/"], "Payload-Files-Allowed": ["data/b/*"]},
        {"BagIt-Profile-Info": {}},
        {"Bag-Info": {"X": {"required": "yes"}}},
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ProfileError, match=r"profile\.json"):
        loaded(tmp_path, **changes)


def test_a_profile_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"none\.json"):
        load_bagit_profile(tmp_path / "none.json")
