"""CONTRIBUTING.md, a profile: a file of one's own that extends another and says only what differs."""

from pathlib import Path

from tests.makers.deliveries import delivery, pages
from tests.makers.terminal import Terminal

CODE = "K021-WS·2019·Y-0012"
OURS = """
extends = "originals-only"
name = "ours"
title_zh = "本县文书"
title_en = "Our county's documents"

[delivery]
catalogues = ["归档文件目录.csv"]

[delivery.headers]
title = ["事由"]

[severities]
date_invalid = "warning"
"""


def test_a_profile(tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text(OURS, "utf-8")
    row = {"档号": CODE, "题名": "", "事由": "关于扶贫的通知", "日期": "二〇一九年春"}
    made = delivery(tmp_path / "d", [row], pages(CODE, "001.txt"), extra_headers=["事由"])
    catalogue = made / "catalogue.csv"
    catalogue.rename(made / "归档文件目录.csv")
    terminal = Terminal(tmp_path / "home").made()

    done = terminal.type("ingest", made, "--profile", ours, "--json")

    assert done.code == 0, done.out + done.err
    assert [row["title"] for row in terminal.type("list", "--json").json] == ["关于扶贫的通知"]
    assert {each["code"]: each["severity"] for each in done.json["texts"]}["date_invalid"] == "warning"
