"""An S3 server for tests: the one that the environment names, or a Ceph gateway of our own.

``./run test`` starts the server once and names it in the environment. A plain ``pytest`` finds nothing there
and starts one here. How the cluster is made is ``ceph_rgw.sh``'s affair.
"""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SCRIPT = Path(__file__).with_name("ceph_rgw.sh")
PREFIX = "LANTAI_TEST_S3_"
START_SECONDS = 420  # three attempts
STOP_SECONDS = 120

PACKAGES = {
    "ceph": "ceph-common",
    "ceph-mgr": "ceph-mgr",
    "ceph-mon": "ceph-mon",
    "ceph-osd": "ceph-osd",
    "curl": "curl",
    "monmaptool": "ceph-base",
    "radosgw": "radosgw",
    "radosgw-admin": "ceph-common",
    "uuidgen": "uuid-runtime",
}


class CephMissing(RuntimeError):
    """Programs of the test server are not installed."""


class CephFailed(RuntimeError):
    """The test server did not start or did not stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Service:
    """Where the server listens and who may use it. Plain HTTP on loopback, path-style addressing."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)


@contextmanager
def ceph_gateway() -> Iterator[S3Service]:
    """The S3 service of this run; one that is started here is stopped here, and leaves nothing behind."""
    if f"{PREFIX}ENDPOINT" in os.environ:
        yield _service(os.environ)
        return
    _require_programs()
    # not /tmp: Debian 13 keeps it in memory
    base = Path(tempfile.mkdtemp(prefix="lantai-ceph.", dir=os.environ.get("TMPDIR", "/var/tmp")))
    try:
        exports = _started(base / "ceph")
        yield _service(dict(_assignment(line) for line in exports.splitlines()))
    finally:
        _script("stop", base / "ceph", timeout=STOP_SECONDS)
        shutil.rmtree(base)


def _started(folder: Path) -> str:
    """What the start prints. A busy machine may be too slow for it: then what it left is removed, and once again."""
    try:
        return _script("start", folder, str(os.getpid()), timeout=START_SECONDS)
    except (CephFailed, subprocess.TimeoutExpired):
        _script("stop", folder, timeout=STOP_SECONDS)
        return _script("start", folder, str(os.getpid()), timeout=START_SECONDS)


def _require_programs() -> None:
    absent = [program for program in PACKAGES if shutil.which(program) is None]
    if absent:
        packages = " ".join(sorted({PACKAGES[program] for program in absent}))
        raise CephMissing(f"the S3 tests need {', '.join(absent)}: install the Debian packages {packages}")


def _script(verb: str, directory: Path, *arguments: str, timeout: float) -> str:
    command = [str(SCRIPT), verb, str(directory), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode != 0:
        raise CephFailed(f"{SCRIPT.name} {verb} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def _assignment(line: str) -> tuple[str, str]:
    word = shlex.split(line.removeprefix("export "))[0]
    name, _, value = word.partition("=")
    return name, value


def _service(environment: Mapping[str, str]) -> S3Service:
    return S3Service(
        endpoint=environment[f"{PREFIX}ENDPOINT"],
        access_key=environment[f"{PREFIX}ACCESS_KEY"],
        secret_key=environment[f"{PREFIX}SECRET_KEY"],
    )
