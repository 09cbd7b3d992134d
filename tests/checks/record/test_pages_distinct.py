"""A page that is there twice, byte for byte."""

from dataclasses import replace

from pipeline.checks.record.pages_distinct import CHECK
from pipeline.domain.verdicts import NotApplicable, Passed
from tests.makers.looked import judged, received, view


def test_pages_that_are_alike() -> None:
    all_differ = judged(CHECK, replace(view(), received=received(b"a", b"b", b"").files))
    assert isinstance(all_differ, Passed)
    assert not all_differ.notes
    twice = judged(CHECK, replace(view(), received=received(b"a", b"b", b"a", b"c", b"b", b"a").files))
    assert isinstance(twice, Passed)
    assert [(f.subject, f.fact("names")) for f in twice.notes] == [
        ("001.tif", "003.tif、006.tif"),
        ("002.tif", "005.tif"),
    ]
    assert isinstance(judged(CHECK, replace(view(), received=received(b"a").files)), NotApplicable)
