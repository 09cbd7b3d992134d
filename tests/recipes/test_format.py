"""CONTRIBUTING.md, a format: one module, its rows and its sentences; e-mail, in a copy of the program."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

MODULE = '''
"""E-mail (RFC 5322): read to its end; its headers and text as a text file."""

import email.policy
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import cast

from pipeline.domain.events import Agent
from pipeline.domain.messages import message
from pipeline.domain.records import Role
from pipeline.formats.handler import Action, Examined, FormatHandler, Made, Original, Refused, could_not_tell, sound
from pipeline.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailParameters:
    """Which headers stand above the text."""

    headers: tuple[str, ...] = ("From", "To", "Date", "Subject")


def _agent() -> Agent:
    return Agent(name="Python email", version=platform.python_version())


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return cast(EmailMessage, BytesParser(policy=email.policy.default).parse(file))


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Headers and body, and what the parser wondered at."""
    defects = _read(original.path).defects
    if defects:
        reason = message("email_defects", number=len(defects))
        return Examined(soundness=could_not_tell(_agent(), reason), agent=_agent())
    return Examined(soundness=sound(_agent()), agent=_agent())


def make_text(
    originals: tuple[Original, ...], parameters: EmailParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """One text file for each message; nothing where it has no text."""
    for original in originals:
        read = _read(original.path)
        body = read.get_body(("plain",))
        if body is None:
            yield Refused(original=original, reason=message("email_without_text"))
            continue
        lines = [f"{name}: {read[name]}" for name in parameters.headers if name in read]
        target = folder / "message.txt"
        target.write_text("\\\\n".join(["邮件", *lines, "", cast(EmailMessage, body).get_content()]), "utf-8")
        detail = " ".join(parameters.headers)
        yield Made(path=target, extension="txt", sources=(original,), agent=_agent(), detail=detail)


HANDLER = FormatHandler(
    kinds=("email",),
    examine=examine,
    actions={
        "text": Action(make=make_text, parameters=EmailParameters, roles=frozenset({Role.TEXT}), described=False)
    },
)
'''.replace("\\\\n", "\\n")
KNOWN = """
[[formats]]
media_type = "message/rfc822"
kind = "email"
name = "Internet message"
extensions = ["eml"]
"""
ROW = """
[[rules]]
kind = "email"
handler = "email"
action = "text"
role = "text"
parameters = { headers = ["From", "Subject"] }
"""
SENTENCES = """
[messages.email_defects]
zh = "邮件有 {number} 处不合规范"
en = "the message breaks the rules in {number} places"

[messages.email_without_text]
zh = "邮件没有正文"
en = "the message has no text"
"""
PROGRAM = """
import json, sys
from pathlib import Path
from pipeline.formats.policy import load_policy
from pipeline.domain.digests import Algorithm
from pipeline.stages.derive import derive
from pipeline.stages.identify import identify
from pipeline.texts import Texts
from tests.makers.received import RECORD, HereWorkers, bench_in, receive_into

here = Path(sys.argv[1])
policy = load_policy("county")
received = receive_into(here / "in", {name: here / name for name in ("a.eml", "b.eml")})
(here / "out").mkdir()
with bench_in(here) as toolbox:
    seen = identify(RECORD, received, folder=here / "in", toolbox=toolbox, policy=policy)
    done = derive(
        RECORD, received, seen.value, originals=here / "in", folder=here / "out", workers=HereWorkers(toolbox=toolbox),
        policy=policy, images="pages", digests=(Algorithm.SHA256,), clock=toolbox.clock, enabled=True,
    )
print(json.dumps({
    "kinds": [file.format.kind for file in seen.value.files],
    "verdicts": [file.soundness.verdict for file in seen.value.files],
    "found": [finding.code for finding in seen.findings],
    "made": {file.path: (here / "out" / file.work_name).read_text("utf-8") for file in done.value.files},
    "told": [Texts.load().sentence(finding, "zh") for finding in done.findings],
}))
"""
MAIL = "From: 甲 <a@example.org>\nTo: b@example.org\nSubject: =?utf-8?b?5om26LSr?=\nMIME-Version: 1.0\n"


def test_one_module_its_rows_and_its_sentences_are_enough(tmp_path: Path) -> None:
    program = tmp_path / "program"
    for part in ("pipeline", "profiles", "metadata_schemas", "tests/makers"):
        shutil.copytree(ROOT / part, program / part, ignore=shutil.ignore_patterns("__pycache__"))
    for package in ("tests", "tests/fixtures"):
        (program / package).mkdir(exist_ok=True)
        (program / package / "__init__.py").touch()
    (program / "pipeline/formats/handlers/email.py").write_text(MODULE.lstrip(), "utf-8")
    for table, rows in (("media_types", KNOWN), ("county", ROW)):
        path = program / f"profiles/formats/{table}.toml"
        path.write_text(path.read_text("utf-8") + rows, "utf-8")
    (program / "profiles/texts/email.toml").write_text(SENTENCES, "utf-8")
    (tmp_path / "a.eml").write_text(MAIL + "Content-Type: text/plain; charset=utf-8\n\n扶贫工作\n", "utf-8")
    (tmp_path / "b.eml").write_text(MAIL + "Content-Type: text/html; charset=utf-8\n\n<p>x</p>\n", "utf-8")

    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=program,
        env=os.environ | {"PYTHONPATH": str(program)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["kinds"] == ["email", "email"] and told["verdicts"] == ["sound", "sound"] and told["found"] == []
    assert list(told["made"]) == ["data/text/a.txt"]
    assert told["made"]["data/text/a.txt"] == "邮件\nFrom: 甲 <a@example.org>\nSubject: 扶贫\n\n扶贫工作\n"
    assert told["told"] == ["b.eml 未转换格式：邮件没有正文；原文件照样保存。"]
