"""`lantai show`: one package in detail."""

from dataclasses import fields
from typing import Annotated

from cyclopts import Parameter

from pipeline.cli.console import NO_OPTIONS, Common, Console, human_size
from pipeline.cli.described import description_of, for_machines, lines_of
from pipeline.cli.fixity import result_word, show_reports
from pipeline.cli.lookup import Version, find_index
from pipeline.cli.opening import open_listing
from pipeline.codecs.index import format_of
from pipeline.domain import layout
from pipeline.domain.copies import CopyStanding, earliest, worst
from pipeline.domain.events import Event, EventKind, Outcome
from pipeline.domain.names import OriginalName
from pipeline.domain.packages import FixityReport, PackageIndex
from pipeline.domain.records import Description

_BEHIND_RETENTION = 5
"""Where what the description says besides stands among the facts."""


def command(
    package: Annotated[str, Parameter(help="包号或档号 · package identifier or archival code")],
    /,
    *,
    version: Version = None,
    common: Common = NO_OPTIONS,
) -> int:
    """一个包的详情 · One package in detail: description, copies, files, events."""
    console = Console(common)
    with open_listing(common.home) as register:
        index = find_index(register, package, version)
        events = tuple(register.events(index.package_id))
        copies = register.copies(index.package_id, index.version)
        faults = tuple(register.faults(index.package_id))
        description = description_of(index, register, common.home)
    if console.json:
        facts = {field.name: getattr(index, field.name) for field in fields(index) if field.name != "written"}
        facts |= {"format": format_of(index), "tar_size": index.tar_size}
        told = {"copies": [copy.store for copy in copies], "events": events, "faults": faults}
        console.emit({"index": facts, "description": for_machines(description), **told})
        return 0
    _facts(console, index, copies, description)
    _files(console, index)
    _events(console, _without_earlier_checks(events, len(copies)))
    _faults(console, faults)
    return 0


def _without_earlier_checks(events: tuple[Event, ...], copies: int) -> list[Event]:
    """All events, but of the fixity checks of years that went well only as many as there are copies; the JSON has all
    of them."""
    checks = [e for e in events if e.kind is EventKind.FIXITY_CHECK and e.outcome is Outcome.SUCCESS]
    earlier = {id(event) for event in checks[: max(len(checks) - copies, 0)]}
    return [event for event in events if id(event) not in earlier]


def _events(console: Console, events: list[Event]) -> None:
    heads = console.heads(("时间", "time"), ("事件", "event"), ("结果", "outcome"), ("详情", "detail"))
    rows = (
        (
            e.at.isoformat(),
            " ".join(console.words(e.kind)),
            " ".join(console.words(e.outcome)),
            e.detail,
        )
        for e in events
    )
    console.table(heads, rows)


def _faults(console: Console, faults: tuple[FixityReport, ...]) -> None:
    """What audits have found of the copies, with its time; the same again and again is told once."""
    for report in faults:
        console.say(f"{report.ended_at} 核对发现：", f"{report.ended_at} an audit found:")
        show_reports(console, (report,))


def _facts(
    console: Console, index: PackageIndex, copies: tuple[CopyStanding, ...], description: Description | None
) -> None:
    word = result_word(console, worst(copy.last_result for copy in copies))
    last_audit = f"{earliest(copy.last_audit for copy in copies)} {word}".strip()
    facts = (
        ("包号", "package", f"{index.package_id} {layout.version_name(index.version)}"),
        ("题名", "title", index.title),
        ("全宗 / 门类", "fonds / category", f"{index.fonds} / {index.category}"),
        ("日期", "date", index.date),
        ("保管期限", "retention", index.retention),
        ("批次", "delivery", index.batch),
        ("封装时间", "packaged", index.packaged_at),
        ("文件数", "files", str(index.payload_files)),
        ("大小", "size", human_size(index.payload_bytes)),
        ("副本", "copies", ", ".join(copy.store for copy in copies)),
        ("上次核对", "last audit", last_audit or "—"),
        ("存放位置", "key", index.tar_key),
    )
    rows = [(" ".join(console.chosen(zh, en)), value) for zh, en, value in facts]
    rows[_BEHIND_RETENTION:_BEHIND_RETENTION] = lines_of(description, console)
    console.table(console.heads(("项目", "item"), ("值", "value")), rows)
    console.line()


def _files(console: Console, index: PackageIndex) -> None:
    heads = console.heads(("文件", "file"), ("大小", "size"), ("格式", "format"), ("原文件名", "original name"))
    rows = (
        (
            m.path,
            human_size(m.size),
            f"{m.media_type} {m.puid}".strip(),
            OriginalName(raw_hex=m.original_name_hex).display if m.original_name_hex else "",
        )
        for m in index.members
    )
    console.table(heads, rows)
    console.line()
