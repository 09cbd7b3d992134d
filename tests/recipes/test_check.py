"""CONTRIBUTING.md, a check: a module, its row in a plan, its sentences; `lantai verify` then says the row."""

import hashlib
from pathlib import Path

import pytest

from tests.makers.program_copy import ProgramCopy

MODULE = '''"""No file of the payload is smaller than anything that can be read.

What it detects: files without bytes, which a broken copy leaves behind.
Why: an empty file is no record, and its digest is right.
Example: `data/original/001.tif` has 0 bytes.
"""

from dataclasses import dataclass

from pipeline.checks.check import Check
from pipeline.checks.views import PackageView
from pipeline.domain.findings import finding
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, Failed, NotApplicable, Passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """`least` is the number of bytes that a file has."""

    least: int = 1


def judge(package: PackageView, asked: Parameters) -> CheckResult:
    """`file_too_small` for each file."""
    if not package.payload:
        return NotApplicable(why=message("no_payload"))
    small = [file for file in package.payload if file.size < asked.least]
    if small:
        return Failed(evidence=tuple(finding("file_too_small", file.path, size=file.size) for file in small))
    return Passed(looked_at=message("sizes_looked_at", files=len(package.payload)))


CHECK = Check(code="sizes_plausible", view=PackageView, judge=judge, parameters=Parameters)
'''
ROW = "X-1,GB/T 18894-2016,bc,可用性,error,sizes_plausible,least=4,内容文件没有小得不能识读的,No file is too small\n"
SENTENCES = """
[messages.no_payload]
zh = "没有内容文件"
en = "there is no payload"

[messages.sizes_looked_at]
zh = "已看过 {files} 个内容文件的大小"
en = "the sizes of {files} files were looked at"

[findings.file_too_small]
zh = "{subject} 只有 {size} 字节。"
en = "{subject} has {size} bytes only."
remedy_zh = "请与原件核对。"
remedy_en = "Compare it with the original."
"""


def bag(folder: Path, files: dict[str, bytes]) -> Path:
    """A valid bag of somebody's."""
    (folder / "data").mkdir(parents=True)
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8")
    for name, content in files.items():
        (folder / "data" / name).write_bytes(content)
    listed = "".join(f"{hashlib.sha256(content).hexdigest()}  data/{name}\n" for name, content in files.items())
    (folder / "manifest-sha256.txt").write_text(listed, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("files", "code", "result"),
    [({"a.txt": b"long enough"}, 0, "passed"), ({"a.txt": b"no"}, 1, "failed"), ({}, 0, "not_applicable")],
)
def test_a_check(tmp_path: Path, files: dict[str, bytes], code: int, result: str) -> None:
    copy = ProgramCopy.into(tmp_path / "program")
    copy.write("pipeline/checks/package/sizes_plausible.py", MODULE)
    copy.add("profiles/checks/package.csv", ROW)
    copy.add("profiles/texts/checks.toml", SENTENCES)

    done = copy.terminal(tmp_path / "nowhere").type("verify", bag(tmp_path / "bag", files), "--json")

    assert done.code == code, done.out + done.err
    (row,) = (row for row in done.json["rows"] if row["code"] == "X-1")
    assert row["result"] == result
    assert [each["code"] for each in row["evidence"]] == (["file_too_small"] if result == "failed" else [])
    assert all(each["zh"] and each["en"] for each in row["evidence"])
