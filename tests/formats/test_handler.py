"""What handlers are to the program: each kind has one, and a policy finds their actions by name."""

from contextlib import suppress
from dataclasses import is_dataclass, replace
from pathlib import Path

import pytest

from pipeline.domain.events import Agent
from pipeline.domain.formats import OTHER, Verdict
from pipeline.domain.records import Role
from pipeline.errors import HouseError, MissingTool
from pipeline.formats.handler import (
    Examined,
    FormatHandler,
    Handlers,
    Original,
    all_handlers,
    could_not_tell,
    damaged,
    first_only,
    sound,
)
from pipeline.tools.probe import require
from tests.makers.values import TIFF

TOOL = Agent(name="libvips", version="8.14.1")


def examine(original: Original, toolbox: object) -> Examined:
    return Examined(soundness=sound(TOOL), agent=TOOL)


def handler(*kinds: str) -> FormatHandler:
    return FormatHandler(kinds=kinds, examine=examine)


def original(**changes: object) -> Original:
    plain = Original(path=Path("x"), package_path="data/original/1.tif", subject="1.tif", size=1, format=TIFF)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_each_kind_has_its_handler_and_the_rest_has_one() -> None:
    image, other = handler("image"), handler(OTHER)
    handlers = Handlers.of({"image": image, "other": other})
    assert handlers.of_kind("image") is image
    assert handlers.of_kind("nobody knows") is handlers.of_kind(OTHER) is other


@pytest.mark.parametrize("by_name", [{"a": handler("x", OTHER), "b": handler("x")}, {"a": handler("x")}])
def test_two_of_one_kind_or_none_for_the_rest_is_our_fault(by_name: dict[str, FormatHandler]) -> None:
    with pytest.raises(HouseError):
        Handlers.of(by_name)


def test_actions_by_the_names_of_a_policy() -> None:
    handlers = all_handlers()
    for name in handlers.actions():
        module, _, action = name.partition("/")
        assert handlers.action(module, action) is handlers.by_name[module].actions[action]
    with pytest.raises(KeyError):
        handlers.action("image", "no such thing")


@pytest.mark.parametrize("name", all_handlers().actions())
def test_every_action_says_what_it_takes_to_make(name: str) -> None:
    action = all_handlers().action(*name.split("/"))
    assert is_dataclass(action.parameters)
    assert action.parameters() == action.parameters(), "every parameter has a value of its own accord"
    assert action.roles and Role.ORIGINAL not in action.roles
    with suppress(MissingTool):  # which are here is not the question
        require(action.needs)


def test_a_file_comes_of_itself_or_of_what_it_was_made_of() -> None:
    assert original().roots == ("data/original/1.tif",)
    assert original(made_by="image/pages", made_of=("data/original/2.tif",)).roots == ("data/original/2.tif",)


@pytest.mark.parametrize(("pages", "told"), [(1, []), (3, ["partly_normalised"])])
def test_a_picture_taken_by_its_first_page_is_told(pages: int, told: list[str]) -> None:
    assert [refused.code for refused in first_only(original(pages=pages))] == told


def test_three_things_that_can_be_said_of_a_file() -> None:
    said = (sound(TOOL), damaged(TOOL, "cut off"), could_not_tell(TOOL, "locked"))
    assert [each.verdict for each in said] == [Verdict.SOUND, Verdict.DAMAGED, Verdict.COULD_NOT_TELL]
    assert {each.by for each in said} == {"libvips 8.14.1"}
    assert sound(Agent(name="nobody")).by == "nobody"
