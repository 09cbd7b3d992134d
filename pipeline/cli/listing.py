"""`lantai list`: packages in the register, or the records that are held."""

from typing import Annotated

from cyclopts import Parameter

from pipeline.cli.console import NO_OPTIONS, Common, Console, human_size
from pipeline.cli.fixity import result_word
from pipeline.cli.held import show_held
from pipeline.cli.opening import open_listing
from pipeline.domain import layout
from pipeline.ports import HeldRecord
from pipeline.register.rules import search_key, wanted_key


def command(
    words: Annotated[str, Parameter(help="档号或题名中的字 · characters in the archival code or title")] = "",
    /,
    *,
    held: Annotated[
        bool, Parameter(help="被退回、等待处理的件及原因 · records that are held, and why", negative=())
    ] = False,
    common: Common = NO_OPTIONS,
) -> int:
    """列出库中的包 · List packages."""
    console = Console(common)
    return _held(console, common, words) if held else _packages(console, common, words)


def _packages(console: Console, common: Common, words: str) -> int:
    with open_listing(common.home) as register:
        rows = tuple(register.packages(text=words))
    if console.json:
        console.emit(rows)
        return 0
    heads = console.heads(
        ("包号", "package"), ("版本", "version"), ("题名", "title"), ("期限", "retention"), ("文件", "files"),
        ("大小", "size"), ("副本", "copies"), ("上次核对", "last audit"),
    )  # fmt: skip
    console.table(
        heads,
        (
            (
                row.package_id, layout.version_name(row.version), row.title, row.retention, str(row.payload_files),
                human_size(row.payload_bytes), ", ".join(row.copies),
                f"{row.last_audit[:10]} {result_word(console, row.last_result)}".strip(),
            )
            for row in rows
        ),
    )  # fmt: skip
    console.say(f"共 {len(rows)} 个包", f"packages: {len(rows)}")
    return 0


def _held(console: Console, common: Common, words: str) -> int:
    with open_listing(common.home) as register:
        records = tuple(held for held in register.held() if _is_meant(held, words))
        if console.json:
            console.emit(records)
            return 0
        show_held(console, records, register)
    deliveries = sum(not record.package_id for record in records)
    console.say(f"共 {len(records) - deliveries} 件待处理", f"records that wait: {len(records) - deliveries}")
    if deliveries:
        console.say(f"另有 {deliveries} 个批次有整批的问题", f"deliveries with faults of their own: {deliveries}")
    return 0


def _is_meant(held: HeldRecord, words: str) -> bool:
    """Whether all the words stand in code, title or delivery."""
    key = search_key(held.archival_code, held.title, held.delivery, held.folder)
    return all(wanted_key(word) in key for word in words.split())
