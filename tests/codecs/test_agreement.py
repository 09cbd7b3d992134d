"""METS, PREMIS and package: agreement is silence, each disagreement is told with all voices."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.codecs.agreement import CODE, cross_check
from pipeline.codecs.mets import Mets, read_mets
from pipeline.codecs.premis import Premis
from pipeline.codecs.premis_reader import read_premis
from pipeline.domain.packages import Member
from pipeline.domain.records import Described
from pipeline.stages.describe import describe
from tests.makers.values import ClockAt, Derivation, digests_of, events_of, scans

OTHER = "f" * 64


def members_of(done: Derivation, described: Described) -> tuple[Member, ...]:
    """What the package would hold, from the same values."""
    files = (*done.received.files, *done.derived.files)
    found = [(file.path, file.size, file.sha256) for file in files]
    found += [(tag.path, tag.size, tag.digests[0].value) for tag in described.tag_files]
    found.append(("bag-info.txt", 12, OTHER))
    return tuple(
        Member(path=path, version=1, size=size, sha256=sha256, header_offset=0, data_offset=512, header_sha256=OTHER)
        for path, size, sha256 in found
    )


@pytest.fixture
def voices(tmp_path: Path) -> tuple[Premis, Mets, tuple[Member, ...]]:
    done = scans(sm3=True)
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
    return read_premis(tmp_path / "premis.xml"), read_mets(tmp_path / "mets.xml"), members_of(done, step.value)


def changed(members: tuple[Member, ...], path: str, **changes: object) -> tuple[Member, ...]:
    return tuple(replace(m, **changes) if m.path == path else m for m in members)  # type: ignore[arg-type]


def test_what_describe_writes_agrees(voices: tuple[Premis, Mets, tuple[Member, ...]]) -> None:
    assert cross_check(*voices) == ()


PAGE, RECORD = "data/original/001.tif", "metadata/record.xml"


@pytest.mark.parametrize("path", [PAGE, "data/access/文件.pdf", RECORD, "metadata/premis.xml"])
@pytest.mark.parametrize(("what", "change"), [("sha256", {"sha256": OTHER}), ("size", {"size": 99})])
def test_another_digest_or_size_in_the_package(
    voices: tuple[Premis, Mets, tuple[Member, ...]], path: str, what: str, change: dict[str, object]
) -> None:
    premis, mets, members = voices
    (found,) = cross_check(premis, mets, changed(members, path, **change))
    assert (found.code, found.subject, str(found.fact("what"))) == (CODE, path, what)
    assert found.fact("package") == str(next(iter(change.values())))
    assert found.fact("mets") != found.fact("package")


def test_a_file_missing_from_the_package(voices: tuple[Premis, Mets, tuple[Member, ...]]) -> None:
    premis, mets, members = voices
    for path in (PAGE, RECORD):
        (found,) = cross_check(premis, mets, [m for m in members if m.path != path])
        assert (found.subject, str(found.fact("what")), found.fact("package")) == (path, "file", "-")


def test_a_file_nobody_lists(voices: tuple[Premis, Mets, tuple[Member, ...]]) -> None:
    premis, mets, members = voices
    stray = replace(members[0], path="data/original/stray.tif")
    (found,) = cross_check(premis, mets, (*members, stray))
    assert (found.subject, found.fact("mets"), found.fact("premis")) == (stray.path, "-", "-")


def test_premis_or_mets_say_otherwise(voices: tuple[Premis, Mets, tuple[Member, ...]]) -> None:
    premis, mets, members = voices
    lied = replace(premis.files[0], digests=digests_of(b"other"))
    (found,) = cross_check(replace(premis, files=(lied, *premis.files[1:])), mets, members)
    assert (found.subject, str(found.fact("what"))) == (PAGE, "sha256")
    (found,) = cross_check(replace(premis, files=premis.files[1:]), mets, members)
    assert (found.subject, found.fact("premis")) == (PAGE, "-")
    (found,) = cross_check(premis, replace(mets, files=mets.files[1:]), members)
    assert (found.subject, found.fact("mets")) == (PAGE, "-")
    (found,) = cross_check(replace(premis, package_id="K021-9"), mets, members)
    assert str(found.fact("what")) == "package"


def test_no_sha256_in_premis_is_told(voices: tuple[Premis, Mets, tuple[Member, ...]]) -> None:
    premis, mets, members = voices
    only_sm3 = replace(premis.files[0], digests=premis.files[0].digests[1:])
    (found,) = cross_check(replace(premis, files=(only_sm3, *premis.files[1:])), mets, members)
    assert (str(found.fact("what")), found.fact("premis")) == ("sha256", "-")
