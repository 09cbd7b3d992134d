"""The policy tables: each row is checked when it is loaded, and every row is for something."""

from pathlib import Path

import pytest

from pipeline.domain.formats import FileFormat, MediaKind
from pipeline.errors import ProfileError
from pipeline.formats.handler import handler, handler_of
from pipeline.formats.policy import ACTIONS, FOLDER, KNOWN_FORMATS, PageParameters, load_policy

POLICY = load_policy("county")


def policy_in(folder: Path, rules: str) -> Path:
    (folder / KNOWN_FORMATS).write_bytes((FOLDER / KNOWN_FORMATS).read_bytes())
    (folder / "x.toml").write_text(f'name = "x"\ntitle_zh = "甲"\ntitle_en = "a"\n{rules}', "utf-8")
    return folder


def rule(**columns: str) -> str:
    given = {"handler": '"image"', "action": '"photo"'} | columns
    return "[[rules]]\n" + "\n".join(f"{name} = {value}" for name, value in given.items())


GOOD = rule(kind='"image"')


def file_format(kind: MediaKind, media_type: str) -> FileFormat:
    return FileFormat(kind=kind, media_type=media_type, name="x", reason="test")


@pytest.mark.parametrize("name", sorted(p.stem for p in FOLDER.glob("*.toml") if p.name != KNOWN_FORMATS))
def test_every_policy_that_comes_with_the_program_loads(name: str) -> None:
    assert load_policy(name).name == name


@pytest.mark.parametrize(("name", "action"), sorted(ACTIONS))
def test_every_action_has_its_handler(name: str, action: str) -> None:
    assert action in handler(name).actions


def test_every_kind_has_a_handler() -> None:
    assert all(handler_of(kind).name for kind in MediaKind)


def test_the_way_with_pictures_decides() -> None:
    jpeg = file_format(MediaKind.IMAGE, "image/jpeg")
    pages, photos = POLICY.rule_for(jpeg, "pages"), POLICY.rule_for(jpeg, "photos")
    assert pages is not None and (pages.handler, pages.action) == ("image", "pages")
    assert isinstance(pages.settings(), PageParameters)
    assert photos is not None and photos.action == "photo"


def test_a_raw_photo_is_left_alone_and_an_unknown_file_has_no_row() -> None:
    raw = POLICY.rule_for(file_format(MediaKind.IMAGE, "image/x-raw"), "photos")
    assert raw is not None and raw.action == "none"
    assert POLICY.rule_for(file_format(MediaKind.OTHER, "application/octet-stream"), "pages") is None


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (GOOD + "\n" + rule(action='"paint"'), "row 2"),
        (rule(handler='"magic"'), "there is no action magic/photo"),
        (rule(colour='"red"'), "nobody reads colour"),
        (rule(parameters="{ qualty = 3 }"), "nobody reads qualty"),
        (rule(parameters='{ quality = "high" }'), "parameters"),
        (rule(parameters="{ quality = 3 }"), "quality runs from 50 to 100"),
        (rule(kind='"smell"'), "smell"),
        (rule(images='"both"'), "images is"),
        (rule(handler='"audio"', action='"m4a"', parameters='{ bitrate = "loud" }'), "bitrate runs"),
        (rule(handler='"video"', action='"mp4"', parameters='{ preset = "placebo; rm" }'), "there is no preset"),
        ("[[rules]\n", "x.toml"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(tmp_path: Path, rules: str, said: str) -> None:
    with pytest.raises(ProfileError, match=r"x\.toml") as caught:
        load_policy("x", folder=policy_in(tmp_path, rules))
    assert said in str(caught.value)


def test_a_missing_policy_names_those_there_are() -> None:
    with pytest.raises(ProfileError, match="county"):
        load_policy("nowhere")


def test_a_format_that_stands_twice_is_refused(tmp_path: Path) -> None:
    folder = policy_in(tmp_path, GOOD)
    twice = '\n[[formats]]\nmedia_type = "image/jpeg"\nkind = "image"\nname = "JPEG"\nextensions = ["jpg"]\n'
    (folder / KNOWN_FORMATS).write_text((folder / KNOWN_FORMATS).read_text("utf-8") + twice, "utf-8")
    with pytest.raises(ProfileError, match="stands in an earlier row too"):
        load_policy("x", folder=folder)


def test_extensions_are_written_as_names_give_them() -> None:
    for known in POLICY.formats:
        assert known.extensions and all(e == e.lower() and e.isalnum() for e in known.extensions), known.media_type
