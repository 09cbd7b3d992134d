"""Both READMEs say the same, and what they tell people to type works.

The fenced commands are typed in their order into one shell, in an empty home folder. `./run test` is typed with
`--collect-only`: this test is itself a part of it.
"""

import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
FENCED = re.compile(r"^ *```bash\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(\./run [^`]+|lantai [a-z][^`]*)`")

# What stands inside a sentence, and where it is run.
RUN_ELSEWHERE = {
    "./run setup": "by every ./run",
    "./run lint": "by ./run test",
    "./run test -k store": "with other arguments, by this test",
    "./run bench": "tests/benchmarks/test_benchmarks.py",
    "./run test fast": "as ./run test, with other arguments",
    "./run soak": "as ./run test, with other arguments",
    "./run fuzz": "as ./run test, with other arguments",
}
TYPED_HERE = {"./run demo --faulty"}


def commands(readme: Path) -> list[str]:
    """Lines of all fenced commands, in order."""
    text = readme.read_text("utf-8")
    return [line.strip() for block in FENCED.findall(text) for line in block.splitlines() if line.strip()]


def for_a_script(line: str, port: int) -> str:
    """As a script must type it: what a person leaves running in a terminal goes behind, and is waited for."""
    line = line.replace("127.0.0.1:4200", f"127.0.0.1:{port}")
    if line == "./run test":
        return f"{line} --collect-only -qq"
    if "prefect server start" in line:
        health = f"curl -fs -o /dev/null http://127.0.0.1:{port}/api/health"
        return f"{line} --port {port} & for i in $(seq 480); do {health} && break; sleep 0.5; done; {health}"
    return f"{line} &" if "prefect worker start" in line else line


def test_both_languages_tell_the_same_commands() -> None:
    assert commands(ENGLISH) == commands(CHINESE)
    assert commands(ENGLISH)


def test_both_languages_have_the_same_tables_and_sections() -> None:
    def shape(readme: Path) -> list[str]:
        lines = readme.read_text("utf-8").splitlines()
        return [re.match(r"#+|\|", line).group() for line in lines if re.match(r"#+ |\|", line)]  # type: ignore[union-attr]

    assert shape(ENGLISH) == shape(CHINESE)


@pytest.mark.parametrize("readme", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_commands_inside_sentences_are_known(readme: Path) -> None:
    known = RUN_ELSEWHERE.keys() | TYPED_HERE
    told = {command for command in INLINE.findall(readme.read_text("utf-8")) if command.startswith("./run")}
    assert told <= known, told - known


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.timeout(1800)
def test_what_the_readme_says_can_be_typed(tmp_path: Path) -> None:
    typed = [*commands(ENGLISH), *sorted(TYPED_HERE)]
    script = tmp_path / "typed.sh"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lines = [(line, for_a_script(line, port)) for line in typed]
    script.write_text(
        "set -euo pipefail\n"
        "trap './run services stop ~/s3' EXIT\n"
        + "\n".join(f"echo {shlex.quote('+ ' + shown)}\n{line}" for shown, line in lines)
        + "\n",
        "utf-8",
    )
    demonstration = ROOT / "lantai-demo"
    was_there = demonstration.exists()

    code, output = typed_into_a_shell(script, tmp_path)

    assert code == 0, output[-6000:]
    assert (tmp_path / "out" / "003.jpg").read_bytes()
    assert "Traceback" not in output
    if not was_there:
        shutil.rmtree(demonstration)


def typed_into_a_shell(script: Path, home: Path) -> tuple[int, str]:
    """Exit code and output; what was left running behind is ended."""
    ours = ("LANTAI_STORE", "LANTAI_HOME", "AWS_", "PREFECT_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    told = home / "typed.log"
    with told.open("wb") as log:
        shell = subprocess.Popen(
            ["bash", script],
            cwd=ROOT,
            env=environment | {"HOME": str(home), "LANG": "C.UTF-8"},
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            code = shell.wait(timeout=1500)
        finally:
            with contextlib.suppress(ProcessLookupError):  # nothing was left running
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
    return code, told.read_text("utf-8", "replace")
