"""The policy tables: each row is checked when it is loaded, and every row is for something."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.domain.formats import IMAGE, OTHER, FileFormat
from pipeline.errors import HouseError, ProfileError
from pipeline.formats.handler import Handlers, all_handlers
from pipeline.formats.page_parts import PageParameters
from pipeline.formats.policy import FOLDER, KNOWN_FORMATS, Rule, load_policy, stages_of

POLICY = load_policy("county")


def policy_in(folder: Path, rules: str) -> Path:
    (folder / KNOWN_FORMATS).write_bytes((FOLDER / KNOWN_FORMATS).read_bytes())
    (folder / "x.toml").write_text(f'name = "x"\ntitle_zh = "甲"\ntitle_en = "a"\n{rules}', "utf-8")
    return folder


def rule(**columns: str) -> str:
    given = {"handler": '"image"', "action": '"photo"'} | columns
    return "[[rules]]\n" + "\n".join(f"{name} = {value}" for name, value in given.items())


GOOD = rule(kind='"image"')


def file_format(kind: str, media_type: str) -> FileFormat:
    return FileFormat(kind=kind, media_type=media_type, name="x", reason="test")


@pytest.mark.parametrize("name", sorted(p.stem for p in FOLDER.glob("*.toml") if p.name != KNOWN_FORMATS))
def test_every_policy_that_comes_with_the_program_loads(name: str) -> None:
    assert load_policy(name).name == name


def rule_for(format: FileFormat, images: str) -> Rule | None:
    return next((rule for rule in POLICY.rules if rule.fits(format, images)), None)


def test_the_way_with_pictures_decides() -> None:
    jpeg = file_format(IMAGE, "image/jpeg")
    pages, photos = rule_for(jpeg, "pages"), rule_for(jpeg, "photos")
    assert pages is not None and pages.name == "image/pages"
    action = all_handlers().action(pages.handler, pages.action)
    assert action is not None and isinstance(pages.settings(action), PageParameters)
    assert photos is not None and photos.action == "photo"


def test_a_raw_photo_is_left_alone_and_an_unknown_file_has_no_row() -> None:
    raw = rule_for(file_format(IMAGE, "image/x-raw"), "photos")
    assert raw is not None and raw.action == "none"
    assert rule_for(file_format(OTHER, "application/octet-stream"), "pages") is None


def test_rows_written_before_there_were_roles_make_reading_copies_of_originals() -> None:
    assert all((rule.role, rule.needs) == ("access", ("original",)) for rule in POLICY.rules)
    assert stages_of(POLICY.rules) == (tuple(range(len(POLICY.rules))),)


MASTER = rule(kind='"image"', action='"pages"', role='"preservation"')


@pytest.mark.parametrize(
    ("rules", "row", "column", "said"),
    [
        (GOOD + "\n" + rule(action='"paint"'), 2, "action", "policy_action_unknown (action=image/paint"),
        (rule(handler='"magic"'), 1, "action", "magic/photo"),
        (rule(colour='"red"'), 1, "", "columns=colour"),
        (rule(parameters="{ qualty = 3 }"), 1, "parameters", "columns=qualty"),
        (rule(parameters='{ quality = "high" }'), 1, "parameters", "quality"),
        (rule(parameters="{ quality = 3 }"), 1, "parameters", "high=100, low=50, name=quality"),
        (rule(kind='"smell"'), 1, "kind", "kind=smell"),
        (rule(images='"both"'), 1, "images", "given=both"),
        (rule(handler='"audio"', action='"m4a"', parameters='{ bitrate = "loud" }'), 1, "parameters", "name=bitrate"),
        (rule(handler='"video"', action='"mp4"', parameters='{ preset = "placebo; rm" }'), 1, "parameters", "preset"),
        (rule(role='"text"'), 1, "role", "policy_role_impossible"),
        (rule(role='"smell"'), 1, "", "smell"),
        (rule(needs="[]"), 1, "needs", "policy_needs_nothing"),
        (rule(needs='["preservation"]'), 1, "needs", "need=preservation"),
        (MASTER + "\n" + rule(needs='["image/pages"]') + "\n" + rule(needs='["image/none"]'), 3, "needs", "image/none"),
        (GOOD + "\n" + rule(needs='["access"]'), 2, "needs", "policy_circle"),
        (
            rule(action='"pages"', role='"preservation"', needs='["access"]') + "\n" + rule(needs='["preservation"]'),
            1,
            "needs",
            "policy_circle",
        ),
        ("[[rules]\n", None, "", "no_toml"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(
    tmp_path: Path, rules: str, row: int | None, column: str, said: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        load_policy("x", folder=policy_in(tmp_path, rules))
    assert (caught.value.file, caught.value.row, caught.value.column) == (str(tmp_path / "x.toml"), row, column)
    assert said in str(caught.value)


def test_a_row_comes_after_those_that_make_what_it_needs(tmp_path: Path) -> None:
    copy = rule(kind='"pdf"', handler='"pdf"', action='"copy"', needs='["preservation"]')
    text = rule(needs='["image/pages", "pdf/copy"]')
    policy = load_policy("x", folder=policy_in(tmp_path, "\n".join((text, copy, MASTER, GOOD))))
    assert stages_of(policy.rules) == ((2, 3), (1,), (0,))


def test_two_handlers_are_not_for_the_same_kind() -> None:
    handler = all_handlers().of_kind(IMAGE)
    with pytest.raises(HouseError, match="handlers_same_kind"):
        Handlers.of({"image": handler, "picture": handler})
    with pytest.raises(HouseError, match="handler_other_missing"):
        Handlers.of({"image": handler})


def test_declaring_what_there_is_loads_no_decoder() -> None:
    """The main process and `lantai --help` stay light; only tool workers pay for the libraries."""
    program = (
        "import sys; from pipeline.formats.policy import load_policy; load_policy('county'); "
        "print(sorted({'pyvips', 'pikepdf', 'img2pdf', 'PIL.Image', 'ffmpeg', 'pygfried', 'magic'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_missing_policy_names_those_there_are() -> None:
    with pytest.raises(ProfileError, match="county"):
        load_policy("nowhere")


def test_a_format_that_stands_twice_is_refused(tmp_path: Path) -> None:
    folder = policy_in(tmp_path, GOOD)
    twice = '\n[[formats]]\nmedia_type = "image/jpeg"\nkind = "image"\nname = "JPEG"\nextensions = ["jpg"]\n'
    (folder / KNOWN_FORMATS).write_text((folder / KNOWN_FORMATS).read_text("utf-8") + twice, "utf-8")
    with pytest.raises(ProfileError, match="policy_format_twice"):
        load_policy("x", folder=folder)


def test_extensions_are_written_as_names_give_them() -> None:
    for known in POLICY.formats:
        assert known.extensions and all(e == e.lower() and e.isalnum() for e in known.extensions), known.media_type


def test_parameters_can_be_laid_on_all_rows_of_an_action() -> None:
    policy = load_policy("county").with_parameters("image/photo", positions=True)
    for rule in policy.rules:
        assert ("positions" in rule.parameters) is (rule.name == "image/photo")
        rule.settings(all_handlers().action(rule.handler, rule.action))
