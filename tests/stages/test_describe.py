"""describe: five documents that say all that is known, the same each time, and agree with one another."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.codecs.mets import read_mets
from pipeline.codecs.original_names import read_original_names
from pipeline.codecs.premis_reader import read_premis
from pipeline.codecs.record_xml import read_record
from pipeline.codecs.technical import package_named, technical_files
from pipeline.domain.digests import Algorithm, Hasher
from pipeline.domain.events import Event, EventKind, Outcome
from pipeline.domain.findings import Finding, finding
from pipeline.domain.records import Described, Step
from pipeline.errors import HouseError
from pipeline.stages.describe import describe
from tests.makers import official_schemas
from tests.makers.values import (
    JPEG,
    LANTAI,
    NOW,
    UNKNOWN,
    VIPS,
    ClockAt,
    Derivation,
    derivation,
    derived,
    description,
    event,
    events_of,
    findings_of,
    identified,
    photographs,
    received,
    recording,
    scans,
)

NAMES = ["record.xml", "technical.json", "original-names.csv", "premis.xml", "mets.xml"]
AWKWARD = ["第1页.tif".encode("gb18030"), "𠮷\x07.tif".encode(), b"a\\u{41}]]>.tif", b"CON", b"x%2F&<y>.tif"]


def described(
    done: Derivation,
    folder: Path,
    *,
    events: tuple[Event, ...] | None = None,
    findings: tuple[Finding, ...] = (),
    fonds_name: str = "某县人民政府",
    earlier: Path | None = None,
) -> Step[Described]:
    return describe(
        *done.facts,
        events=events_of(done) if events is None else events,
        findings=findings,
        folder=folder,
        institution="某县档案馆",
        fonds_name=fonds_name,
        earlier=earlier,
        digests=(Algorithm.SHA256, Algorithm.SM3),
        clock=ClockAt(),
    )


CASES = {
    "scans": scans(sm3=True),
    "photographs": photographs(),
    "recording": recording(),
    "awkward names": scans(AWKWARD),
    "awkward description": scans(
        about=description(title="题\x00名]]>\ud83d", extra=(("列\x1b", ""), ("", "=1\r\n2")), as_typed_code="Ｋ\x0b021")
    ),
    "bare description": scans(
        about=description(
            "1", title="", creator="", date="", retention="", page_count=None, security="", access="", row=0, extra=()
        )
    ),
    "unknown format": derivation(received([b"x"]), identified(received([b"x"]), UNKNOWN, ())),
}


@pytest.mark.parametrize("done", CASES.values(), ids=CASES)
def test_every_document_is_valid_by_the_official_schemas_too(done: Derivation, tmp_path: Path) -> None:
    described(done, tmp_path, findings=findings_of(done))
    for document, name in (("mets.xml", official_schemas.METS), ("premis.xml", official_schemas.PREMIS)):
        folder = tmp_path / name
        folder.mkdir()
        assert official_schemas.official_schema(name, folder).fault(tmp_path / document) is None


@pytest.mark.parametrize("done", CASES.values(), ids=CASES)
def test_same_values_same_bytes(done: Derivation, tmp_path: Path) -> None:
    found = []
    for turn in ("first", "second"):
        folder = tmp_path / turn
        folder.mkdir()
        step = described(done, folder, findings=findings_of(done))
        found.append((step, {path.name: path.read_bytes() for path in folder.iterdir()}))
    assert found[0] == found[1]


def test_the_tag_files_are_what_was_written(tmp_path: Path) -> None:
    step = described(scans(), tmp_path)
    assert [tag.path for tag in step.value.tag_files] == [f"metadata/{name}" for name in NAMES]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(tag.work_name for tag in step.value.tag_files)
    for tag in step.value.tag_files:
        data = (tmp_path / tag.work_name).read_bytes()
        hasher = Hasher((Algorithm.SHA256, Algorithm.SM3))
        hasher.update(data)
        assert (tag.size, tag.digests) == (len(data), hasher.digests())


def test_a_profile_without_sha256_gets_it_all_the_same(tmp_path: Path) -> None:
    done = scans()
    step = describe(
        *done.facts,
        events=events_of(done),
        findings=(),
        folder=tmp_path,
        institution="某县档案馆",
        fonds_name="",
        digests=(),
        clock=ClockAt(),
    )
    assert {d.algorithm for tag in step.value.tag_files for d in tag.digests} == {Algorithm.SHA256}


def test_the_description_can_be_read_back(tmp_path: Path) -> None:
    done = CASES["awkward description"]
    described(done, tmp_path)
    record = read_record(tmp_path / "record.xml")
    assert record.description == done.record.description
    assert (record.archives, record.fonds_name) == ("某县档案馆", "某县人民政府")
    assert [file.path for file in record.files] == [file.path for file in done.identified.files]


def test_no_fonds_name_no_element(tmp_path: Path) -> None:
    described(scans(), tmp_path, fonds_name="")
    assert read_record(tmp_path / "record.xml").fonds_name == ""


def test_original_names_keep_their_bytes(tmp_path: Path) -> None:
    done = CASES["awkward names"]
    described(done, tmp_path)
    names = list(read_original_names(tmp_path / "original-names.csv"))
    assert [name.raw for _, name in names] == AWKWARD
    assert [path for path, _ in names] == [file.path for file in done.identified.files]


def test_technical_facts_are_whole(tmp_path: Path) -> None:
    done = photographs()
    described(done, tmp_path)
    package_id = package_named(tmp_path / "technical.json")
    files = tuple(technical_files(tmp_path / "technical.json"))
    assert package_id == done.record.description.package_id
    assert [file.facts for file in files[:2]] == [file.facts for file in done.identified.files]
    assert [file.soundness for file in files[:2]] == [file.soundness for file in done.identified.files]
    assert [file.sources for file in files[2:]] == [file.sources for file in done.derived.files]


def test_the_three_name_the_same_bytes(tmp_path: Path) -> None:
    done = photographs()
    described(done, tmp_path)
    premis, mets = read_premis(tmp_path / "premis.xml"), read_mets(tmp_path / "mets.xml")
    values = (*done.received.files, *done.derived.files)
    assert [(f.path, f.size, f.digests) for f in premis.files] == [(f.path, f.size, f.digests) for f in values]
    assert [(f.path, f.size, f.sha256) for f in mets.files] == [(f.path, f.size, f.sha256) for f in values]
    for reference in mets.references:
        hasher = Hasher()
        hasher.update((tmp_path / reference.path.removeprefix("metadata/")).read_bytes())
        assert (reference.size, reference.sha256) == (hasher.size, hasher.value())


def test_pages_stand_in_their_order_and_the_pdf_of_all_at_the_top(tmp_path: Path) -> None:
    names = [b"10.tif", b"2.tif", "附件.tif".encode()]
    described(scans(names), tmp_path)
    mets = read_mets(tmp_path / "mets.xml")
    assert [division.label for division in mets.divisions] == ["10.tif", "2.tif", "附件.tif"]
    assert [division.files for division in mets.divisions] == [(f"data/original/{n.decode()}",) for n in names]
    assert mets.whole == ("data/access/文件.pdf",)


def test_copies_stand_with_what_they_were_made_of(tmp_path: Path) -> None:
    got = received([b"1.jpg", b"2.jpg"])
    known = identified(got, JPEG)
    one, two = (file.path for file in known.files)
    files = (  # the second was made of a master that comes after it
        derived("data/access/2.jpg", ("data/preservation/2.tif",), JPEG),
        derived("data/preservation/2.tif", (two,), JPEG),
    )
    described(derivation(got, known, *files), tmp_path)
    mets = read_mets(tmp_path / "mets.xml")
    assert mets.divisions[0].files == (one,)
    assert mets.divisions[1].files == (two, "data/access/2.jpg", "data/preservation/2.tif")
    assert [file.use for file in mets.files] == ["original", "original", "preservation", "access"]


def test_a_copy_names_its_sources_in_order_and_the_event(tmp_path: Path) -> None:
    done = scans([b"2.tif", b"1.tif"])
    described(done, tmp_path)
    premis = read_premis(tmp_path / "premis.xml")
    pdf = premis.files[-1]
    assert pdf.sources == ("data/original/2.tif", "data/original/1.tif")
    (maker,) = (each for each in premis.events if each.identifier in pdf.made_by)
    assert (maker.kind, maker.objects, maker.agent) == (EventKind.NORMALIZATION, (pdf.path,), VIPS)


def test_nothing_found_is_lost(tmp_path: Path) -> None:
    done = scans()
    findings = (*findings_of(done), finding("odd", "\x00]]>\u2028", row=None, why='"quoted"'))
    described(done, tmp_path, findings=findings)
    judged = read_premis(tmp_path / "premis.xml").events[-2]
    assert (judged.kind, judged.outcome) == (EventKind.VALIDATION, Outcome.WARNING)
    told = [json.loads(note) for note in judged.notes]
    assert [
        Finding(
            code=each["code"],
            subject=each["subject"],
            record=each["record"],
            row=each["row"],
            facts=tuple((name, value) for name, value in each["facts"]),
        )
        for each in told
    ] == list(findings)


def test_nothing_found_is_success(tmp_path: Path) -> None:
    step = described(scans(), tmp_path)
    assert [each.outcome for each in step.events] == [Outcome.SUCCESS, Outcome.SUCCESS]
    assert read_premis(tmp_path / "premis.xml").events[-2].notes == ()


def test_events_are_numbered_and_none_is_lost(tmp_path: Path) -> None:
    done = scans()
    events = events_of(done)
    step = described(done, tmp_path, events=events)
    told = read_premis(tmp_path / "premis.xml").events
    assert [each.identifier for each in told] == [f"E{n:04d}" for n in range(1, len(events) + 3)]
    assert [(e.kind, e.at, e.agent, e.outcome) for e in told] == [
        (e.kind, e.at, e.agent, e.outcome) for e in (*events, *step.events)
    ]
    assert [e.kind for e in step.events] == [EventKind.VALIDATION, EventKind.CREATION]


def test_an_act_on_all_files_is_linked_once(tmp_path: Path) -> None:
    described(scans(), tmp_path)
    capture, *_, extraction = read_premis(tmp_path / "premis.xml").events[:4]
    assert capture.objects == ("original",)
    assert extraction.objects == ("data/original/001.tif",)


def test_what_lies_outside_the_package_is_told_in_words(tmp_path: Path) -> None:
    done = scans()
    odd = replace(event(EventKind.CAPTURE, LANTAI, ("gone.tif",), sources=("files/一.tif",)), detail="copied")
    described(done, tmp_path, events=(odd, *events_of(done)))
    told = read_premis(tmp_path / "premis.xml").events[0]
    assert told.details == (
        "copied",
        "source outside the package: files/一.tif",
        "object outside the package: gone.tif",
    )
    assert (told.objects, told.sources) == ((), ())


def test_rights_are_those_described(tmp_path: Path) -> None:
    described(scans(), tmp_path)
    assert dict(read_premis(tmp_path / "premis.xml").rights) == {"密级": "内部", "开放标识": "控制", "保管期限": "30年"}


def test_a_copy_nobody_made_is_our_own_fault(tmp_path: Path) -> None:
    done = scans()
    without = tuple(each for each in events_of(done) if each.kind is not EventKind.NORMALIZATION)
    with pytest.raises(HouseError, match=r"data/access/文件\.pdf"):
        described(done, tmp_path, events=without)


def test_copies_made_of_one_another_are_our_own_fault(tmp_path: Path) -> None:
    got = received([b"1.jpg"])
    known = identified(got, JPEG)
    files = (derived("data/access/a.jpg", ("data/access/b.jpg",)), derived("data/access/b.jpg", ("data/access/a.jpg",)))
    with pytest.raises(HouseError, match="made of one another"):
        described(derivation(got, known, *files), tmp_path)


def test_a_copy_of_something_unknown_is_our_own_fault(tmp_path: Path) -> None:
    got = received([b"1.jpg"])
    known = identified(got, JPEG)
    with pytest.raises(HouseError):
        described(derivation(got, known, derived("data/access/a.jpg", ("data/original/9.jpg",))), tmp_path)


def test_files_that_were_not_identified_are_our_own_fault(tmp_path: Path) -> None:
    got = received([b"1.jpg", b"2.jpg"])
    known = identified(got, JPEG)
    with pytest.raises(HouseError, match="not those received"):
        described(derivation(got, replace(known, files=known.files[:1])), tmp_path)


def test_events_of_the_version_before_go_before_ours_as_they_are(tmp_path: Path) -> None:
    got = received([b"1.jpg", b"2.jpg"])
    known = identified(got, JPEG)
    one, two = (derived(f"data/access/{n}.jpg", (f"data/original/{n}.jpg",)) for n in (1, 2))
    first, second = (tmp_path / name for name in ("v1", "v2"))
    first.mkdir()
    second.mkdir()
    before = derivation(got, known, one)
    described(before, first, findings=(finding("derived_copy_missing", "2.jpg", reason="broken"),))
    old = read_premis(first / "premis.xml")

    after = derivation(got, known, one, two)
    described(after, second, earlier=first / "premis.xml")

    new = read_premis(second / "premis.xml")
    count = len(old.events)
    assert new.events[:count] == old.events
    assert any(event.notes for event in old.events)
    assert [event.identifier for event in new.events] == [f"E{n:04d}" for n in range(1, len(new.events) + 1)]
    assert {maker for file in new.files for maker in file.made_by} <= {e.identifier for e in new.events[count:]}


def test_all_copies_of_then_are_not_all_copies_of_now(tmp_path: Path) -> None:
    got = received([b"1.jpg", b"2.jpg", b"3.jpg"])
    known = identified(got, JPEG)
    files = [derived(f"data/access/{n}.jpg", (f"data/original/{n}.jpg",)) for n in (1, 2, 3)]
    first, second = (tmp_path / name for name in ("v1", "v2"))
    first.mkdir()
    second.mkdir()
    two = derivation(got, known, *files[:2])
    both = tuple(file.path for file in files[:2])
    looked = event(EventKind.METADATA_MODIFICATION, VIPS, both, detail="description embedded")
    described(two, first, events=(*events_of(two), looked))
    assert any("access" in event.objects for event in read_premis(first / "premis.xml").events)

    described(derivation(got, known, *files), second, earlier=first / "premis.xml")

    old, new = (read_premis(folder / "premis.xml") for folder in (first, second))
    for then, now in zip(old.events, new.events, strict=False):
        assert now.objects == tuple(p for each in then.objects for p in (both if each == "access" else (each,)))


def test_a_folder_that_is_not_empty_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "record.xml").write_text("mine", "utf-8")
    with pytest.raises(FileExistsError):
        described(scans(), tmp_path)
    assert (tmp_path / "record.xml").read_text("utf-8") == "mine"


def test_documents_grow_no_faster_than_the_files(tmp_path: Path) -> None:
    sizes = []
    for count in (500, 1000):
        folder = tmp_path / str(count)
        folder.mkdir()
        step = described(scans([f"{n:05d}.tif".encode() for n in range(count)]), folder)
        sizes.append({tag.path: tag.size for tag in step.value.tag_files})
    assert all(sizes[1][path] < 2.1 * sizes[0][path] for path in sizes[0])
    assert NOW.isoformat() in (tmp_path / "1000" / "mets.xml").read_text("utf-8")
