"""Clocks, progress and runners take what the ports say."""

import pytest

from flows.reporting import LogProgress
from flows.runner import PrefectRunner
from pipeline.bootstrap import SystemClock
from pipeline.cli.console import BarProgress
from pipeline.ports import Clock, Progress, Runner
from pipeline.routes.runners import ThreadRunner
from tests.makers.promises import broken


@pytest.mark.parametrize(
    ("port", "kind"),
    [
        (Clock, SystemClock),
        (Progress, BarProgress),
        (Progress, LogProgress),
        (Runner, ThreadRunner),
        (Runner, PrefectRunner),
    ],
)
def test_what_is_asked_of_the_world(port: type, kind: type) -> None:
    assert list(broken(port, kind)) == []
