"""The catalogue found and read: one draft for each row that has a code."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.delivery.drafts import Drafts, draft_records, loose_name
from pipeline.delivery.expected import ExpectedDigests
from pipeline.delivery.layout import lay_out
from pipeline.delivery.listing import Lister
from pipeline.profiles import load_profile
from tests.makers.deliveries import delivery

PROFILE = load_profile("county")
A, B = "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"


def drafted(folder: Path) -> Drafts:
    expected = ExpectedDigests(1 << 20)
    lister = Lister(folder, PROFILE.limits, (), expected.see)
    layout = lay_out(folder, lister=lister, expected=expected, bag_faults=lambda _: (), rules=PROFILE.delivery)
    return draft_records(folder, layout=layout, expected=expected, profile=PROFILE)


def codes(drafts: Drafts) -> list[str]:
    return [each.code for each in drafts.findings]


def test_a_draft_for_each_row_in_the_catalogues_order(tmp_path: Path) -> None:
    drafts = drafted(delivery(tmp_path / "d", [{"档号": B}, {"档号": A}], {}))
    assert [draft.description.archival_code for draft in drafts.drafts] == [B, A]
    assert [draft.row.row for draft in drafts.drafts] == [2, 3]
    assert drafts.entry is not None and drafts.entry.path == b"catalogue.csv"
    assert codes(drafts) == []


def test_a_row_without_code_is_told_of_the_whole(tmp_path: Path) -> None:
    drafts = drafted(delivery(tmp_path / "d", [{"档号": A}, {"档号": ""}], {}))
    assert len(drafts.drafts) == 1
    assert [(each.code, each.row) for each in drafts.findings] == [("value_missing", 3)]


def test_the_name_is_compared_as_systems_do(tmp_path: Path) -> None:
    folder = delivery(tmp_path / "d", [{"档号": A}], {})
    (folder / "catalogue.csv").rename(folder / "CATALOGUE.CSV")
    assert len(drafted(folder).drafts) == 1
    assert loose_name("É") == loose_name("e\u0301")


def test_none_and_two(tmp_path: Path) -> None:
    folder = delivery(tmp_path / "d", [{"档号": A}], {})
    (folder / "Catalogue.csv").write_bytes((folder / "catalogue.csv").read_bytes())
    two = drafted(folder)
    assert (two.entry, two.drafts, codes(two)) == (None, (), ["two_catalogues"])
    for name in ("Catalogue.csv", "catalogue.csv"):
        (folder / name).rename(folder / f"其他{name}")
    none = drafted(folder)
    assert (none.entry, none.drafts, codes(none)) == (None, (), ["no_catalogue"])
    assert "其他catalogue.csv" in str(none.findings[0].fact("found"))


def test_a_catalogue_that_is_not_what_the_depositor_listed(tmp_path: Path) -> None:
    folder = delivery(tmp_path / "d", [{"档号": A}], {})
    (folder / "checksums.txt").write_text(f"{'0' * 64}  catalogue.csv\n", "utf-8")
    assert codes(drafted(folder)) == ["checksum_differs"]


@pytest.mark.parametrize("limit", [{"max_rows": 1}, {"max_catalogue_bytes": 10}])
def test_half_a_catalogue_is_none(tmp_path: Path, limit: dict[str, int]) -> None:
    folder = delivery(tmp_path / "d", [{"档号": A}, {"档号": B}], {})
    expected = ExpectedDigests(1 << 20)
    profile = replace(PROFILE, limits=replace(PROFILE.limits, **limit))
    layout = lay_out(
        folder,
        lister=Lister(folder, profile.limits, (), expected.see),
        expected=expected,
        bag_faults=lambda _: (),
        rules=profile.delivery,
    )
    drafts = draft_records(folder, layout=layout, expected=expected, profile=profile)
    assert (drafts.drafts, codes(drafts)) == ((), ["catalogue_too_large"])
