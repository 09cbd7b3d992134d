"""A Prefect server of our own on a free loopback port, for all tests of the flows; it looks at nothing outside."""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

# Prefect reads its settings when it is imported, which happens after this. Each process of the tests has its own.
os.environ["DO_NOT_TRACK"] = "1"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
_HOME = tempfile.mkdtemp(prefix="lantai-prefect-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["PREFECT_HOME"] = _HOME
PREFECT = Path(sys.executable).with_name("prefect")
START_SECONDS = 240
END_WITH_THE_TESTS = ("setpriv", "--pdeathsig", "TERM")
"""So starts what must not outlive a process of the tests that is killed."""


def prefect_environment(api: str, home: Path) -> dict[str, str]:
    """What a Prefect command of the tests is started with."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return inherited | {
        "PREFECT_API_URL": api,
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_PROMPT": "false",
    }


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def prefect_api(prefect_home: Path) -> Iterator[str]:
    """URL of the server's API."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    log = prefect_home / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*END_WITH_THE_TESTS, PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"],
            env=prefect_environment(api, prefect_home),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_health(api, server, log)
        yield api
        _say_what_is_left()
    finally:
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        server.terminate()
        for process in psutil.wait_procs(family, timeout=20)[1]:
            process.kill()
        server.wait()


def _say_what_is_left() -> None:
    """Prefect sends logs and events from threads of its own, which must not find the server gone."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    APILogWorker.drain_all(timeout=10)
    EventsWorker.drain_all(timeout=10)


def _await_health(api: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text("utf-8", "replace")
        try:
            if httpx.get(f"{api}/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"no Prefect server after {START_SECONDS} s: {log.read_text('utf-8', 'replace')}")


@pytest.fixture
def prefect(prefect_api: str) -> Iterator[None]:
    """This process talks to the server."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: prefect_api}):
        yield
