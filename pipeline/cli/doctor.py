"""`lantai doctor`: programs and their versions; each store's abilities, probed; what is missing for safety."""

import os
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote

from cyclopts import Parameter

from pipeline.bootstrap import open_archive
from pipeline.cli.console import NO_OPTIONS, Common, Console, shown, with_texts
from pipeline.domain.messages import Message, message
from pipeline.domain.visible import visible
from pipeline.errors import ExitCode, StorageError
from pipeline.ports import Abilities, Register, Store
from pipeline.routes.unlisted import Strangers, Stray, strangers
from pipeline.settings import load_home
from pipeline.stores.kind import StoreSettings
from pipeline.stores.right_store import refuse_wrong
from pipeline.stores.twins import twins
from pipeline.texts import all_texts
from pipeline.tools.probe import ToolStatus, probe_tools

_NOTHING = "lantai-doctor"
"""A key that no store holds."""

_MOST_NAMED = 20

Probed = tuple[tuple[StoreSettings, Abilities | StorageError], ...]


def command(
    *,
    tools_only: Annotated[bool, Parameter(help="只查程序 · programs alone, no home needed", negative=())] = False,
    common: Common = NO_OPTIONS,
) -> int:
    """检查程序、版本和存储 · Show programs with versions, and what each store really does.

    缺程序时退出码为 4；存储不可用、缺副本或存储中有不属于任何包的文件时为 6。
    Exits with 4 where a program is missing, with 6 where a store does not answer, lacks copies, or holds what nobody
    owns.
    """
    console = Console(common)
    tools = probe_tools()
    probed, lacking, strange = ((), Counter[str](), Strangers()) if tools_only else _probe_stores(common)
    if console.json:
        stores = [
            _as_data(store, abilities)
            | {
                "packages_without_copy": lacking[store.name],
                "packages_not_registered": sum(each.store == store.name for each in strange.copies),
            }
            for store, abilities in probed
        ]
        told = [asdict(tool) | {"remedy": tool.remedy or ""} for tool in tools]  # text where there is nothing to do
        strays = [
            {"store": each.store, "key": each.key, "what": with_texts(message(each.kind))} for each in strange.files
        ]
        console.emit({"tools": told, "stores": stores, "strays": strays})
    else:
        _show_tools(console, tools)
        if not tools_only:
            _show_stores(console, probed)
            _show_advice(console, tuple(store for store, _ in probed), lacking)
            _show_strays(console, strange)
            for folder in _readable(common):
                console.tell(message("readable_by_others", folder=folder))
    if (
        any(isinstance(abilities, StorageError) for _, abilities in probed)
        or lacking.total()
        or strange.copies
        or strange.files
    ):
        return ExitCode.STORAGE
    return ExitCode.DONE if all(tool.found for tool in tools) else ExitCode.TOOL


def _probe_stores(common: Common) -> tuple[Probed, Counter[str], Strangers]:
    """Every store with its abilities, of how many packages each has no copy, and what nobody owns."""
    with open_archive(common.home, reading=True) as archive:
        os.umask(0o077)  # what is tried in a store is nobody else's
        settings = archive.home.settings.stores
        same = twins(archive.stores)
        probed = tuple(_probed(store, archive.register, same) for store in archive.stores)
        right = [s for s, able in zip(archive.stores, probed, strict=True) if isinstance(able, Abilities)]
        strange = strangers(right, archive.register)
        versions = 0
        registered: Counter[str] = Counter()
        for _, _, there in archive.register.all_versions():
            versions += 1
            registered.update(there)
        # Of a store that does not answer only what it never got is known to be lacking.
        held = {store.name: registered[store.name] for store in settings} | dict(strange.known)
        lacking = Counter({name: versions - number for name, number in held.items()})
        return tuple(zip(settings, probed, strict=True)), lacking, strange


def _as_data(store: StoreSettings, abilities: Abilities | StorageError) -> dict[str, object]:
    """For machines, without the store's secrets."""
    able, error = (None, with_texts(abilities.message)) if isinstance(abilities, StorageError) else (abilities, None)
    return {"name": store.name, "url": store.url, "abilities": able, "error": error}


def _probed(store: Store, register: Register, same: Mapping[str, Message]) -> Abilities | StorageError:
    """What it can do; the error where it does not even answer, is not the store it was, or is one of the others."""
    if store.name in same:
        return StorageError(same[store.name], store=store.name)
    try:
        store.size(_NOTHING)
        refuse_wrong(store, register)
        return store.probe()
    except StorageError as error:
        return error


def _show_tools(console: Console, tools: tuple[ToolStatus, ...]) -> None:
    heads = console.heads(("程序", "program"), ("版本", "version"), ("用途", "for"), ("状态", "state"))
    rows = (
        (
            t.name,
            t.version,
            t.needed_for,
            shown(t.remedy, console.language) if t.remedy else " ".join(console.chosen("有", "found")),
        )
        for t in tools
    )
    console.table(heads, rows)
    console.line()


def _show_stores(console: Console, probed: Probed) -> None:
    heads = console.heads(
        ("存储", "store"), ("位置", "where"), ("版本控制", "versioning"), ("对象锁", "object lock"),
        ("校验和", "checksums"), ("条件写", "conditional writes"),
    )  # fmt: skip
    rows = []
    for store, abilities in probed:
        if isinstance(abilities, StorageError):
            rows.append((store.name, unquote(store.url), *[_word(console, None)] * 4))
        else:
            words = (abilities.versioning, abilities.object_lock, abilities.checksums, abilities.conditional_writes)
            rows.append((store.name, unquote(store.url), *(_word(console, word) for word in words)))
    console.table(heads, rows)
    for store, abilities in probed:
        notes = (abilities.message,) if isinstance(abilities, StorageError) else abilities.notes
        for note in notes:
            console.line(f"  {store.name}: {shown(note, console.language)}")
    console.line()


def _word(console: Console, able: bool | None) -> str:
    words = {True: ("有", "yes"), False: ("无", "no"), None: ("无法判断", "could not tell")}
    return " ".join(console.chosen(*words[able]))


def _show_advice(console: Console, stores: tuple[StoreSettings, ...], lacking: Counter[str]) -> None:
    """What the standards ask for and this home lacks (DA/T 50, GB/T 18894: copies, places, media)."""
    if len(stores) < 2:
        console.say(
            "缺：只有一处存储，至少应有两处、建议三处", "missing: one store only; have two at least, better three"
        )
    elif len({s.place for s in stores}) < 2 or len({s.medium for s in stores}) < 2:
        console.say(
            "缺：各存储的地点（place）或介质（medium）没有写明或相同",
            "missing: the stores' places or media are the same, or not said",
        )
    for store in stores:
        if not store.place or not store.medium:
            console.say(
                f"缺：存储 {store.name} 未写明地点和介质",
                f"missing: store {store.name} does not say its place and medium",
            )
        if lacking[store.name]:
            console.say(
                f"缺：存储 {store.name} 缺 {lacking[store.name]} 个包的副本，补存请运行 lantai replicate --all",
                f"missing: store {store.name} has no copy of {lacking[store.name]} packages;"
                " lantai replicate --all copies what is lacking",
            )


def _readable(common: Common) -> list[Path]:
    """The home and its stores' folders, as far as everybody may read them."""
    home = load_home(common.home)
    stores = [Path(store.address.path) for store in home.settings.stores if store.address.scheme == "file"]
    return [folder for folder in (home.root, *stores) if folder.is_dir() and folder.stat().st_mode & 0o005]


def _show_strays(console: Console, strange: Strangers) -> None:
    """What the register does not know, by store, and what nobody owns, by store and kind, with what to do."""
    for store, number in Counter(each.store for each in strange.copies).items():
        console.tell(message("store_holds_unknown", store=store, number=number))
    groups: dict[tuple[str, str], list[Stray]] = defaultdict(list)
    for each in strange.files:
        groups[each.store, each.kind].append(each)
    for (store, _), alike in groups.items():
        texts, said = all_texts(), message(alike[0].kind)
        named = "、".join(visible(each.key) for each in alike[:_MOST_NAMED])
        more = " …" if len(alike) > _MOST_NAMED else ""
        console.say(
            f"存储 {store} 中 {len(alike)} 个：{named}{more}。{texts.say(said, 'zh')}",
            f"in the store {store}, {len(alike)}: {named}{more}. {texts.say(said, 'en')}",
        )
