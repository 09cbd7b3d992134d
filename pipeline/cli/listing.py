"""`lantai list`: packages in the register, or the records that are held."""

from typing import Annotated

from cyclopts import Parameter

from pipeline.cli.console import NO_OPTIONS, Common, Console, human_size
from pipeline.cli.fixity import result_word
from pipeline.cli.held import show_held
from pipeline.cli.opening import open_listing
from pipeline.domain import layout
from pipeline.domain.identifiers import loose_code
from pipeline.ports import HeldRecord, Sought
from pipeline.register.search import folded, words_of
from pipeline.vocabularies import categories


def command(
    *words: Annotated[
        str,
        Parameter(
            help="档号、题名、责任者、备注等著录项中的字，须全部出现 · words that must all occur in the description"
        ),
    ],
    category: Annotated[str, Parameter(help="门类，如 WS、照片 · category")] = "",
    year: Annotated[str, Parameter(help="年度 · year")] = "",
    period: Annotated[str, Parameter(help="保管期限，如 永久、30年、D30 · retention period")] = "",
    creator: Annotated[str, Parameter(help="责任者 · responsible body")] = "",
    held: Annotated[
        bool, Parameter(help="被退回、等待处理的件及原因 · records that are held, and why", negative=())
    ] = False,
    common: Common = NO_OPTIONS,
) -> int:
    """列出库中的包 · List packages."""
    console = Console(common)
    if held:
        return _held(console, common, " ".join(words))
    known = categories().get(category.casefold(), category)
    sought = Sought(words=" ".join(words), category=known, year=year, period=period, creator=creator)
    return _packages(console, common, sought)


def _packages(console: Console, common: Common, sought: Sought) -> int:
    with open_listing(common.home) as register:
        rows = tuple(register.packages(sought))
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
    loose = loose_code(held.archival_code)
    key = folded(held.archival_code, loose, held.title, held.delivery, held.folder)
    return all(any(form in key for form in forms) for forms in words_of(Sought(words=words)))
