"""What the checks of a delivery say of small deliveries: a good one, and the same with one thing changed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import DeliveryView
from pipeline.domain.verdicts import CheckResult, evidence_of
from pipeline.profiles import load_profile
from pipeline.stages.survey import survey
from tests.makers.deliveries import delivery, pages

A, B = "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"
GOOD_ROWS: tuple[dict[str, str], ...] = ({"档号": A, "页数": "2"}, {"档号": B})
GOOD_FILES = pages(A, "001.jpg", "002.jpg") | pages(B, "001.pdf")
HEADERS = ("页数", "文件", "全宗号", "年度", "备注")


def made(
    folder: Path,
    rows: Iterable[Mapping[str, str]] = GOOD_ROWS,
    files: Mapping[str, bytes] = GOOD_FILES,
    *,
    checksums: bool = False,
) -> Path:
    """The good delivery, or one with other rows or files."""
    return delivery(folder / "delivery", rows, files, extra_headers=HEADERS, checksums=checksums)


def judged(check: Check[Any, NoParameters], folder: Path) -> CheckResult:
    """The check's result for the delivery in the folder."""
    return check.judge(DeliveryView.of(survey(folder, profile=load_profile("county"))), NoParameters())


def codes(result: CheckResult) -> list[str]:
    """The codes of its findings."""
    return [each.code for each in evidence_of(result)]
