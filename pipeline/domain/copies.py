"""Copies (副本) of a package version over the years: where each lies and what its audits said."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.domain.packages import Copy, FixityReport, FixityResult, PackageIndex

BAD = (FixityResult.MISMATCH, FixityResult.MISSING, FixityResult.UNREADABLE)
"""Known faults; "could not tell" is none."""

_WORST_FIRST = (*(r.value for r in BAD), FixityResult.COULD_NOT_TELL.value, "", FixityResult.OK.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyStanding:
    """One copy of a version and what its audits said; times are ISO 8601, empty where there was none.

    `last_result` is the last audit's, but "could not tell" does not take the place of a known fault. `audits`
    counts all checks since the deposit; `bytes_read_back` is 0 where the copy was found, not written.
    """

    package_id: str
    version: int
    store: str
    tar_key: str
    bytes_read_back: int
    deposited_at: str
    last_audit: str = ""
    last_result: str = ""
    last_ok: str = ""
    audits: int = 0

    @classmethod
    def of(cls, index: PackageIndex, copy: Copy) -> "CopyStanding":
        """A copy as it was deposited: read back then, not audited since."""
        return cls(
            package_id=index.package_id,
            version=index.version,
            store=copy.store,
            tar_key=copy.tar_key,
            bytes_read_back=copy.bytes_read_back,
            deposited_at=copy.deposited_at,
        )

    def after(self, report: FixityReport) -> "CopyStanding":
        """The standing after one more audit."""
        audited = replace(self, audits=self.audits + 1)
        if report.result is FixityResult.COULD_NOT_TELL and self.last_result in BAD:
            return audited
        last_ok = report.ended_at if report.result is FixityResult.OK else self.last_ok
        return replace(audited, last_audit=report.ended_at, last_result=report.result.value, last_ok=last_ok)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """核对记录: one fixity check of one copy that was made, good or bad. `bytes_read` are those read in it, `program`
    the version of lantai that made it; times are ISO 8601 in UTC."""

    package_id: str
    version: int
    store: str
    started_at: str
    ended_at: str
    result: FixityResult
    bytes_read: int
    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """注销: a version that the register knew, that nothing holds any more, and that a person has let go. `sha256` is
    that of its index's bytes, `by` who did it, `reason` why; `at` is ISO 8601 in UTC."""

    package_id: str
    version: int
    sha256: str
    archival_code: str
    title: str
    at: str
    by: str
    reason: str

    @classmethod
    def of(cls, index: PackageIndex, *, at: str, by: str, reason: str) -> "Disposal":
        """Of the version of this index."""
        return cls(
            package_id=index.package_id,
            version=index.version,
            sha256=hashlib.sha256(index.written).hexdigest(),
            archival_code=index.archival_code,
            title=index.title,
            at=at,
            by=by,
            reason=reason,
        )


def worst(results: Iterable[str]) -> str:
    """The gravest of the copies' last results; never audited ("") is worse than OK. Empty where there is none."""
    return min(results, key=_WORST_FIRST.index, default="")


def earliest(times: Iterable[str]) -> str:
    """Since when every copy has been audited: the earliest last audit; empty where a copy never was."""
    return min(times, default="")
