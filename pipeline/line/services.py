"""What taking in a delivery needs of the world; opened in `pipeline.services`."""

from dataclasses import dataclass

from pipeline.checks.plan import Plan
from pipeline.formats.policy import FormatPolicy
from pipeline.ports import Clock, Ledger, Register, Store
from pipeline.profiles import Profile
from pipeline.tools.toolbox import Toolbox
from pipeline.tools.worker import WorkersByKind
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestServices:
    """What a record's way needs: rules, plans of checks, workspace, workers, stores, register, ledger and time."""

    profile: Profile
    policy: FormatPolicy
    delivery_plan: Plan
    record_plan: Plan
    institution: str
    fonds_name: str
    workspace: Workspace
    workers: WorkersByKind[Toolbox]
    stores: tuple[Store, ...]
    register: Register
    ledger: Ledger
    clock: Clock
    rules: str
    """One digest over program version, profile and policy: work begun under other rules is begun anew."""
    boot: str
    """Names the machine's last start: work begun before it may have lost bytes in a power cut, and is begun anew."""
    operator: str = ""
    """接收人: by which name the system knows who runs this; empty where it knows none."""
