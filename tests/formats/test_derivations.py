"""The rows of a policy as a graph: which copies of which files, and what is given along."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.formats import FileFormat
from pipeline.domain.records import Role
from pipeline.formats.derivations import derivations, given_along, needed_tools, rows_for, waiting_for
from pipeline.formats.handler import Original, all_handlers
from pipeline.formats.policy import Rule, load_policy

POLICY = load_policy("county")
PAGES = Rule(handler="image", action="pages", role=Role.PRESERVATION, kind="image")
PHOTO = Rule(handler="image", action="photo", kind="image")
SMALL = Rule(handler="image", action="photo", kind="image", images="photos")
OF_MASTER = Rule(handler="pdf", action="copy", needs=("preservation", "text"))
OF_PAGES = Rule(handler="pdf", action="copy", role=Role.TEXT, needs=("image/pages",))


def file(name: str, kind: str = "image", **more: object) -> Original:
    format = FileFormat(kind=kind, media_type=f"{kind}/x", name=kind, reason="test")
    return replace(
        Original(path=Path(name), package_path=name, subject=name, size=1, format=format),
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("rules", "rows"),
    [((PHOTO, SMALL), (0,)), ((SMALL, PHOTO), (1,)), ((PHOTO, PAGES, PAGES), (0, 1)), ((OF_MASTER,), ())],
)
def test_of_each_role_the_first_row_that_fits_is_taken(rules: tuple[Rule, ...], rows: tuple[int, ...]) -> None:
    assert rows_for(replace(POLICY, rules=rules), file("a"), "pages") == rows


def test_a_row_is_made_of_the_role_or_the_action_it_needs() -> None:
    rules = replace(POLICY, rules=(PAGES, OF_MASTER, OF_PAGES))
    master = file("m", "pdf", role=Role.PRESERVATION, made_by="image/pages", made_of=("a",))
    assert rows_for(rules, master, "pages") == (1, 2)
    assert rows_for(rules, replace(master, made_by="x/y"), "pages") == (1,)
    assert rows_for(rules, replace(master, role=Role.ACCESS, made_by="x/y"), "pages") == ()


def test_rows_come_in_the_order_of_their_first_file() -> None:
    rules = replace(POLICY, rules=(PHOTO, replace(PHOTO, kind="video", handler="video", action="mp4")))
    files = (file("1", "video"), file("2"), file("3", "video"), file("4", "nothing"))
    found = list(derivations(rules, (0, 1), files, "pages", all_handlers()))
    assert [(each.rule.name, [s.package_path for s in each.sources]) for each in found] == [
        ("video/mp4", ["1", "3"]),
        ("image/photo", ["2"]),
    ]
    assert [each.rule.name for each in derivations(rules, (0,), files, "pages", all_handlers())] == ["image/photo"]


def test_what_is_given_along_comes_of_the_same_originals() -> None:
    master = file("m", role=Role.PRESERVATION, made_of=("a", "b"))
    text, other = file("t", role=Role.TEXT, made_of=("b",)), file("u", role=Role.TEXT, made_of=("c",))
    assert given_along(OF_MASTER, (master,), (master, text, other)) == (text,)
    assert given_along(OF_MASTER, (master,), (master, other)) is None
    assert given_along(PHOTO, (master,), (master, text)) == ()


def test_what_waits_for_a_row_waits_for_all_it_is_made_of() -> None:
    again = Rule(handler="image", action="photo", role=Role.ACCESS, needs=("text",))
    assert waiting_for((PAGES, OF_PAGES, again, PHOTO), PAGES) == (OF_PAGES, again)
    assert waiting_for((PAGES, OF_PAGES, again, PHOTO), PHOTO) == ()


def test_what_a_batch_cannot_do_without() -> None:
    whole = needed_tools(POLICY, all_handlers(), copies=True)
    assert {"soffice", "ffmpeg", "libvips", "img2pdf", "exiftool", "siegfried", "prlimit"} <= set(whole)
    assert "soffice" not in needed_tools(POLICY, all_handlers(), copies=False)
    assert "soffice" not in needed_tools(replace(POLICY, rules=(PHOTO,)), all_handlers(), copies=True)
