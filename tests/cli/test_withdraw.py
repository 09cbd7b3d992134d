"""`lantai withdraw`, typed."""

from tests.cli.conftest import BARE, HELD, TEXT, Filled
from tests.makers.terminal import Terminal


def test_a_record_then_the_delivery(own: Terminal, filled: Filled) -> None:
    refused = own.type("withdraw", BARE, "--lang", "zh")
    assert refused.code == 2
    assert "--reason" in refused.err
    done = own.type("withdraw", BARE.replace("·", "."), "--reason", "目录填错", "--lang", "zh")
    assert done.code == 0, done.err
    assert BARE in done.out
    assert [each["package_id"] for each in own.type("list", "--held", "--json").json] == [HELD]
    assert "已入库" in own.type("withdraw", TEXT, "--reason", "x", "--lang", "zh").err
    assert own.type("withdraw", filled.delivery, "--reason", "重新移交").code == 0
    assert own.type("list", "--held", "--json").json == []
    told = own.type("deliveries", filled.delivery.name, "--lang", "zh").out
    assert "目录填错" in told
    assert "重新移交" in told
    assert {each["package_id"] for each in own.type("list", "--json").json} >= {TEXT}
