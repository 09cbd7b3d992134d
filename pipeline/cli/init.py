"""`lantai init`: an archive home with its settings, register and stores."""

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipeline.cli.console import NO_OPTIONS, Common, Console
from pipeline.domain.messages import message
from pipeline.errors import UsageError
from pipeline.settings import SETTINGS_FILE, create_home
from pipeline.stores import StoreSettings, kind_of, open_store, prepare_store


def command(
    home: Annotated[Path, Parameter(help="保存库文件夹 · the folder to make")],
    /,
    *,
    fonds: Annotated[str, Parameter(help="全宗号，如 K021 · the fonds number")],
    name: Annotated[str, Parameter(help="档案馆名称 · the archives' name")],
    store: Annotated[
        tuple[str, ...],
        Parameter(
            help="存储 NAME=URL，可多次 · a store NAME=URL, may be repeated: local=store, main=s3://bucket/prefix"
        ),
    ] = (),
    make_buckets: Annotated[
        bool, Parameter(help="S3 的桶不存在时建立 · make S3 buckets that are not there", negative=())
    ] = False,
    common: Common = NO_OPTIONS,
) -> int:
    """建立保存库 · Make an archive home.

    Without --store, one store lies in the home itself (HOME/store).
    """
    console = Console(common)
    os.umask(0o077)  # nobody else reads what is made here
    stores = tuple(_named(each) for each in store) or (("local", "store"),)

    def prepare(each: StoreSettings) -> None:
        (prepare_store if make_buckets or not kind_of(each).when_asked else open_store)(each)

    made = create_home(home.absolute(), fonds=fonds, name=name, stores=stores, prepare=prepare)
    console.say(f"已建立保存库 {made.root}", f"made the archive home {made.root}")
    console.say(
        f"设置在 {made.root / SETTINGS_FILE}；接着运行：lantai doctor --home {made.root}",
        f"its settings are in {made.root / SETTINGS_FILE}; next: lantai doctor --home {made.root}",
    )
    if len(stores) < 2:
        console.say(
            "提示：目前只有一处存储。至少应有两处、建议三处，地点和介质不同",
            "note: this is one store only. Have at least two, better three, in different places and on different media",
        )
    if common.json:
        console.emit({"home": str(made.root), "stores": [name for name, _ in stores]})
    return 0


def _named(text: str) -> tuple[str, str]:
    name, equals, url = text.partition("=")
    if not equals or not name or not url:
        raise UsageError(message("store_option", typed=text))
    return name, url
