import shutil

from tests.cli.conftest import TEXT
from tests.makers.terminal import Terminal


def test_a_store_that_lost_a_package_gets_it_back(own: Terminal) -> None:
    shutil.rmtree(next(own.home.glob(f"b/*/*/{TEXT}")))
    told = own.type("doctor", "--lang", "zh")
    assert (told.code, "缺 1 个包的副本" in told.out) == (6, True)
    done = own.type("replicate", "--all", "--lang", "zh")
    assert (done.code, "补存了 1 份副本" in done.out) == (0, True), done.out + done.err
    assert own.type("audit", "--all").code == 0
    assert own.type("replicate", TEXT, "--json").json == []


def test_what_is_asked_wrongly(own: Terminal) -> None:
    assert own.type("replicate").code == 2
