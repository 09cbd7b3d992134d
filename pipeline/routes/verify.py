"""Is this whole and unchanged? A bag in a folder, a tar among these files, or a package in the stores."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.checks.bag import validate_bag
from pipeline.codecs.index import MAX_INDEX_BYTES, decode_index
from pipeline.domain.findings import Finding, finding
from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.errors import UsageError
from pipeline.ports import Clock
from pipeline.stages.audit import audit
from pipeline.stores.loose_files import LooseFilesStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The verdict: True whole and unchanged, False not, None could not tell; with what was found."""

    subject: str
    whole: bool | None
    findings: tuple[Finding, ...] = ()
    fixity: FixityReport | None = None


def verify_path(path: Path, *, clock: Clock, advance: Callable[[int], None]) -> Verification:
    """A bag's folder by its manifests, or a package's tar by the index beside it."""
    if path.is_dir():
        report = validate_bag(path, advance=advance)
        return Verification(subject=path.name, whole=report.valid, findings=report.findings)
    index_path = path.with_name(f"{path.name.removesuffix('.tar')}.index.json")
    if not os.path.isfile(index_path):  # noqa: PTH113 - Path.is_file raises where the folder may not be entered
        raise UsageError(
            f"旁边没有索引 {index_path.name}：请解包后核验文件夹 · "
            f"there is no {index_path.name} beside it: unpack the tar and verify the folder"
        )
    index = decode_index(_content(index_path), key=index_path.name)
    store = LooseFilesStore({index.tar_key: path, index.index_key: index_path})
    return _judged(path.name, audit(index, store=store, clock=clock, advance=advance))


def _content(index: Path) -> bytes:
    try:
        with index.open("rb") as file:
            return file.read(MAX_INDEX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{index.name} 读不出来（{error.strerror}），请检查权限和磁盘 · "
            f"{index.name} cannot be read ({error.strerror}): look at its permissions and its disk"
        ) from error


def _judged(subject: str, report: FixityReport) -> Verification:
    whole = {FixityResult.OK: True, FixityResult.COULD_NOT_TELL: None}.get(report.result, False)
    findings = tuple(
        finding("copy_fault", fault.path or subject, result=fault.result.value, reason=fault.reason, store=report.store)
        for fault in report.faults
    )
    return Verification(subject=subject, whole=whole, findings=findings, fixity=report)
