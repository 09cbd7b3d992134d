"""Whether a document of a package can be asked anything at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.checks.documents import document, unasked
from pipeline.checks.views import OUR_PROFILES, PackageView
from pipeline.codecs.bag_info import BAG_INFO
from pipeline.codecs.bagit_profile import BagContents
from pipeline.domain.verdicts import CouldNotTell, Failed, NotApplicable

PREMIS = "metadata/premis.xml"


@pytest.fixture
def ours(tmp_path: Path) -> PackageView:
    (tmp_path / "metadata").mkdir()
    (tmp_path / PREMIS).write_bytes(b"<premis/>")
    info = (("BagIt-Profile-Identifier", f"{OUR_PROFILES}1.0"),)
    contents = BagContents(version="1.0", info=info, tag_files=(BAG_INFO, PREMIS))
    return PackageView(name="x", contents=contents, files=(), tag_folder=tmp_path)


def test_a_document_that_is_there_is_given(ours: PackageView) -> None:
    assert unasked(ours) is None
    assert document(ours, PREMIS) == ours.tag_folder / PREMIS


def test_one_that_is_not_there_is_a_fault_of_the_package(ours: PackageView) -> None:
    result = document(ours, "metadata/mets.xml")
    assert isinstance(result, Failed)
    assert [(each.code, each.subject) for each in result.evidence] == [("document_missing", "metadata/mets.xml")]


def test_a_package_of_somebody_else_need_not_have_it(ours: PackageView) -> None:
    theirs = replace(ours, contents=replace(ours.contents, info=()))
    assert isinstance(unasked(theirs), NotApplicable)
    assert isinstance(document(theirs, PREMIS), NotApplicable)


@pytest.mark.parametrize("left_out", [PREMIS, BAG_INFO])
def test_what_was_too_large_to_look_at_is_neither_sound_nor_missing(ours: PackageView, left_out: str) -> None:
    view = replace(ours, left_out=frozenset({left_out}))
    assert isinstance(document(view, PREMIS), CouldNotTell)
