"""What each finding of a bag does to the result."""

import re
from pathlib import Path

import pytest

from pipeline.checks.bag import EFFECTS, RESULT_EFFECTS
from pipeline.domain.verdicts import Effect
from pipeline.texts import all_texts


def test_every_code_in_the_sources_has_an_effect() -> None:
    root = Path(__file__).parents[3] / "pipeline"
    sources = [*root.glob("checks/bag/*.py"), *(root / "codecs" / f"bag_{n}.py" for n in ("text", "manifest", "info"))]
    named = {code for path in sources for code in re.findall(r'"(bag_[a-z0-9_]+)"', path.read_text("utf-8"))}
    assert named == set(EFFECTS)


@pytest.mark.parametrize("code", EFFECTS)
def test_every_code_has_its_sentence(code: str) -> None:
    assert code in all_texts().findings


def test_what_could_not_be_seen_is_neither_passed_nor_failed() -> None:
    unseen = {code for code, effect in RESULT_EFFECTS.items() if effect is Effect.UNTOLD}
    assert unseen == {
        "bag_algorithm_unknown",
        "bag_encoding_unknown",
        "bag_folder_unreadable",
        "bag_tag_file_too_large",
        "bag_unreadable",
        "bag_version_unknown",
    }


@pytest.mark.parametrize("code", ["bag_digest_differs", "bag_missing_file", "bag_unlisted_file", "bag_unsafe_path"])
def test_what_makes_a_bag_bad(code: str) -> None:
    assert RESULT_EFFECTS[code] is Effect.FAILS
