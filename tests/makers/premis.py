"""PREMIS documents: any that we could write, and a plain one of a page and its copy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import strategies as st

from pipeline.codecs.premis import Premis, PremisEvent, PremisFile, write_premis
from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.events import Agent, EventKind, Outcome
from tests.makers.texts import any_text, filled_text
from tests.makers.values import LANTAI, NOW, digests_of

ROLES = ("original", "preservation", "access", "text")

agents = st.builds(
    Agent, name=filled_text, version=any_text, kind=st.sampled_from(["software", "organization", "person"])
)
digests = st.lists(st.sampled_from(Algorithm), min_size=1, unique=True).map(
    lambda found: tuple(Digest(algorithm=a, value=("0123456789abcdef" * 8)[: a.hex_length]) for a in found)
)
times = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))]),
)


@st.composite
def documents(draw: st.DrawFn) -> Premis:
    """Any document of ours: links lead to what is there."""
    paths = draw(st.lists(filled_text.map(lambda t: f"data/{t}"), min_size=1, max_size=4, unique=True))
    events = draw(st.integers(0, 4))
    numbers = [f"E{n:04d}" for n in range(1, events + 1)]
    files = tuple(
        PremisFile(
            path=path,
            representation=draw(st.sampled_from(ROLES)),
            size=draw(st.integers(0, 2**60)),
            digests=draw(digests),
            format_name=draw(filled_text),
            format_version=draw(any_text),
            puid=draw(st.sampled_from(["", "fmt/43", "x-fmt/111"])),
            format_notes=tuple(draw(st.lists(filled_text, max_size=2))),
            original_name=draw(any_text),
            sources=tuple(draw(st.lists(st.sampled_from(paths), max_size=3, unique=True))),
        )
        for path in paths
    )
    files = tuple(
        replace(file, made_by=tuple(draw(st.lists(st.sampled_from(numbers), max_size=2, unique=True))))
        if file.sources and numbers
        else file
        for file in files
    )
    package_id = draw(filled_text.filter(lambda t: t not in ROLES and not t.startswith("data/")))
    linked = st.lists(
        st.sampled_from([package_id, *paths, *{f.representation for f in files}]), max_size=3, unique=True
    )
    return Premis(
        package_id=package_id,
        archival_code=draw(filled_text),
        title=draw(any_text),
        representations=tuple(dict.fromkeys(file.representation for file in files)),
        files=files,
        events=tuple(
            PremisEvent(
                identifier=number,
                kind=draw(st.sampled_from(EventKind)),
                at=draw(times),
                agent=draw(agents),
                outcome=draw(st.sampled_from(Outcome)),
                objects=tuple(draw(linked)),
                sources=tuple(draw(linked)),
                details=tuple(draw(st.lists(filled_text, max_size=2))),
                notes=tuple(draw(st.lists(filled_text, max_size=2))),
            )
            for number in numbers
        ),
        holder=draw(agents),
        rights=tuple(
            (term, draw(filled_text)) for term in draw(st.sampled_from([(), ("密级",), ("密级", "保管期限")]))
        ),
    )


def written(premis: Premis, folder: Path) -> Path:
    """The document in a file of the folder."""
    path = folder / "premis.xml"
    with path.open("wb") as out:
        write_premis(premis, out.write)
    return path


def plain() -> Premis:
    """A page and its copy."""
    page = PremisFile(
        path="data/original/1.tif",
        representation="original",
        size=1,
        digests=digests_of(b"1", sm3=True),
        format_name="TIFF",
        puid="fmt/353",
        original_name="１\x07.tif",
    )
    copy = PremisFile(
        path="data/access/1.pdf",
        representation="access",
        size=2,
        digests=digests_of(b"2", sm3=True),
        format_name="PDF/A",
        sources=(page.path,),
        made_by=("E0001",),
    )
    made = PremisEvent(
        identifier="E0001",
        kind=EventKind.NORMALIZATION,
        at=NOW,
        agent=LANTAI,
        outcome=Outcome.SUCCESS,
        objects=(copy.path,),
        sources=(page.path,),
    )
    return Premis(
        package_id="K021-1",
        archival_code="K021-1",
        title="题名",
        representations=("original", "access"),
        files=(page, copy),
        events=(made,),
        holder=Agent(name="某县档案馆", kind="organization"),
        rights=(("保管期限", "永久"),),
    )
