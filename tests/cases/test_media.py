"""Recordings, PDFs and helper programs in deliveries that were once judged wrongly."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.domain.messages import Message
from pipeline.domain.outcomes import State
from pipeline.errors import ExitCode
from pipeline.tools import ffprobe
from tests.makers.cases import Taken, case, taken


def of_copy(delivery: Taken, code: str, folder: Path) -> ffprobe.Probe:
    ((name, raw),) = delivery.copies(code).items()
    copy = folder / f"copy-{code}{Path(name).suffix}"
    copy.write_bytes(raw)
    return ffprobe.probe(copy, subject=code, scratch=folder)


def reasons(delivery: Taken, code: str) -> Iterator[Message]:
    for found in delivery.of(code).findings:
        said = dict(found.facts).get("reason", "")
        yield from said if isinstance(said, tuple) else [said] if isinstance(said, Message) else []


def test_lengths_are_compared_track_with_track(tmp_path: Path) -> None:
    found = taken(case("av-lengths", tmp_path), tmp_path)
    assert found.exit_code == 0 and found.states() == {State.STORED}
    lasting = {"481": 3.0, "482": 3.0, "484": 3.0, "486": 12.0, "487": 10.0, "488": 10.0}
    for code, seconds in lasting.items():
        assert of_copy(found, code, tmp_path).seconds == pytest.approx(seconds, abs=0.1), code
    for code in ("481", "482"):
        assert [said.code for said in reasons(found, code)] == ["subtitles_left_out"]
    assert all(found.codes(code) == set() for code in ("484", "485", "486", "487", "488"))


def test_a_track_that_nobody_decodes_is_no_damage(tmp_path: Path) -> None:
    found = taken(case("mov-unknown-track", tmp_path), tmp_path)
    assert found.exit_code == 0 and found.states() == {State.STORED}
    for code in ("101", "103"):
        copy = of_copy(found, code, tmp_path)
        assert [len(copy.tracks(kind)) for kind in ("video", "audio")] == [1, 1]
    for code in ("101", "102", "103"):
        (said,) = reasons(found, code)
        assert said.code == "tracks_undecodable" and "apac" in str(said.fact("tracks"))


def test_what_follows_the_last_box_is_no_part_of_the_film(tmp_path: Path) -> None:
    found = taken(case("mp4-trailer", tmp_path), tmp_path)
    assert found.exit_code == 0 and found.codes("191") == found.codes("192") == set()
    assert of_copy(found, "191", tmp_path).seconds == pytest.approx(3.0, abs=0.1)


def test_sound_is_made_such_that_the_encoder_takes_it(tmp_path: Path) -> None:
    found = taken(case("sound-that-aac-refuses", tmp_path), tmp_path)
    assert found.exit_code == 0 and found.codes("0001") == set()
    assert of_copy(found, "0001", tmp_path).seconds == pytest.approx(1.0, abs=0.1)


def test_a_pdf_that_every_viewer_opens_is_stored(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = taken(case("pdf-odd-metadata", tmp_path), tmp_path)
    assert found.exit_code == 0 and found.states() == {State.STORED} and len(found.outcomes) == 26
    assert "Traceback" not in "".join(capfd.readouterr())
    for number in range(1501, 1520):
        assert found.codes(str(number)) <= {"partly_normalised"} and len(found.copies(str(number))) == 1
    for number in range(1520, 1527):
        assert found.codes(str(number)) == {"soundness_unknown"} and len(found.copies(str(number))) == 1


def test_a_helper_that_dies_costs_a_file_its_facts(tmp_path: Path) -> None:
    delivery = case("gzip-stub", tmp_path)
    with (delivery / "catalogue.csv").open("a", encoding="utf-8") as catalogue:
        catalogue.write("K021-ZP·2019·Y-0002,deep,某单位,20190315,永久,\n")
    other = delivery / "files" / "K021-ZP·2019·Y-0002"
    other.mkdir()
    (other / "001.xml").write_text('<?xml version="1.0"?>' + "<a>" * 200_000 + "</a>" * 200_000, "utf-8")
    began = time.monotonic()
    found = taken(delivery, tmp_path)
    assert time.monotonic() - began < 30, "ExifTool hangs for minutes over what is nested so deep"
    assert found.exit_code == ExitCode.MATERIAL_REJECTED
    assert {"damaged_file", "facts_not_read"} <= found.codes("0001")
    assert found.of("0002").state is State.STORED
    assert {said.code for said in reasons(found, "0002")} >= {"xml_too_deep"}
    assert all(each.subject.endswith(".xml") for each in found.of("0002").findings if each.code == "facts_not_read")


def test_an_empty_file_is_told_once(tmp_path: Path) -> None:
    delivery = case("gzip-stub", tmp_path)
    (delivery / "files" / "K021-ZP·2019·Y-0001" / "001.gz").write_bytes(b"")
    found = taken(delivery, tmp_path)
    assert [each.code for each in found.of("0001").findings].count("empty_file") == 1
