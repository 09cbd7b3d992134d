"""The register's rules that do not depend on where it is kept, so that every register answers alike."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.domain.ledger import Decision, Question
from pipeline.domain.messages import message
from pipeline.domain.packages import Copy, FixityReport, FixityResult, PackageIndex
from pipeline.errors import RegisterError, UsageError

_BAD = (FixityResult.MISMATCH, FixityResult.MISSING, FixityResult.UNREADABLE)
_WORST_FIRST = (*(r.value for r in _BAD), FixityResult.COULD_NOT_TELL.value, "", FixityResult.OK.value)


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
        if report.result is FixityResult.COULD_NOT_TELL and self.last_result in _BAD:
            return audited
        last_ok = report.ended_at if report.result is FixityResult.OK else self.last_ok
        return replace(audited, last_audit=report.ended_at, last_result=report.result.value, last_ok=last_ok)


def worst(results: Iterable[str]) -> str:
    """The gravest of the copies' last results; never audited ("") is worse than OK. Empty where there is none."""
    return min(results, key=_WORST_FIRST.index, default="")


def earliest(times: Iterable[str]) -> str:
    """Since when every copy has been audited: the earliest last audit; empty where a copy never was."""
    return min(times, default="")


def same_fault(one: FixityReport, other: FixityReport) -> bool:
    """Whether two reports of one copy say the same."""
    return one.result is other.result and one.faults == other.faults


def refuse_other(stored: PackageIndex, index: PackageIndex) -> None:
    """Raises RegisterError where a version is registered already as something else."""
    if stored == index:
        return
    what = "with other content" if stored.fingerprint != index.fingerprint else "with the same content, packed anew"
    raise RegisterError(
        f"{index.package_id} v{index.version:04d} is registered already {what} (packaged at {stored.packaged_at}; "
        f"now {index.packaged_at}). Nothing was changed. If the register is wrong, `lantai rebuild` makes it anew "
        "from the stores"
    )


def not_registered(index: PackageIndex) -> RegisterError:
    """An act on a version that the register does not know."""
    return RegisterError(
        f"the register knows no {index.package_id} v{index.version:04d}, so what was done with it could not be noted: "
        "`lantai rebuild` reads the stores anew"
    )


def unknown_copy(report: FixityReport) -> RegisterError:
    """An audit of a copy that the register does not know."""
    return RegisterError(
        f"the register knows no copy of {report.package_id} v{report.version:04d} in the store {report.store!r}, "
        f"so its audit ({report.result.value}) could not be noted: `lantai rebuild` reads the stores anew"
    )


def no_such_run(run: int) -> RegisterError:
    """Something was to be noted of a run that the register does not know."""
    return RegisterError(message("no_such_run", run=run))


def no_such_question(question: str) -> RegisterError:
    """A decision of something that was never asked."""
    return RegisterError(message("no_such_question", question=question))


def check_answer(question: Question, decision: Decision) -> None:
    """Raises UsageError where the answer is none of the question's options."""
    if decision.answer not in question.options:
        options = ", ".join(question.options)
        raise UsageError(message("answer_is_no_option", answer=decision.answer, options=options))


def search_key(*texts: str) -> str:
    """What is compared when searching: without regard to case, width and Unicode form.

    Raises UsageError for text that is not Unicode (bytes of another encoding on the command line).
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", "\n".join(texts)).casefold())
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(f"not text in UTF-8: {text!a}; check the terminal's encoding")
    return text


LONGEST_SEARCH = 1000
"""Characters; databases refuse longer patterns sooner or later, each elsewhere."""


def wanted_key(text: str) -> str:
    """`search_key` of what a person asks for. UsageError where it is too long."""
    if len(text) > LONGEST_SEARCH:
        raise UsageError(f"{len(text)} characters to search for: give at most {LONGEST_SEARCH}")
    return search_key(text)
