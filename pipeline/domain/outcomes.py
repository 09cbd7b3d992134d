"""How a record's way ended in one run, and how the whole run did."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.findings import Finding
from pipeline.domain.messages import Message


class State(StrEnum):
    """How far a run has come with one record: its end, or that it is under work."""

    STORED = "stored"
    """Deposited in every store, read back and registered in this run."""
    UNCHANGED = "unchanged"
    """Stored by an earlier run; the delivery holds the same."""
    HELD = "held"
    """Kept back for a fault of the material, with reasons."""
    WAITING = "waiting"
    """Waits for a person's decision."""
    FAILED = "failed"
    """A tool or a store failed; the next run takes it up where it stopped."""
    CHECKED = "checked"
    """Looked at only, and nothing would keep it back."""
    UNDER_WORK = "under work"
    """On its way: this run has not come to its end with it, or was cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One record's end. `bytes` are those of its originals.

    `exit_code` is 0 unless a tool, a store or we ourselves failed; `retryable` says whether trying again can help.
    """

    package_id: str
    archival_code: str
    title: str
    row: int
    state: State
    findings: tuple[Finding, ...] = ()
    files: int = 0
    bytes: int = 0
    exit_code: int = 0
    error: Message | None = None
    retryable: bool = False


ENDS = tuple(state for state in State if state not in {State.UNDER_WORK, State.CHECKED})
"""How a record that is taken in can end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """A run over one delivery, and what belongs to no record. How each record ended is in the ledger, under `run`;
    `counts` are the records by state."""

    run: int
    batch: str
    counts: dict[State, int]
    findings: tuple[Finding, ...]
    ignored: tuple[str, ...] = ()
    exit_code: int = 0

    def count(self, state: State) -> int:
        """Records that ended so."""
        return self.counts.get(state, 0)
