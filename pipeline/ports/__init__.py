"""What the stages and routes ask of the world, as protocols: time, progress, workers, stores, register, ledger."""

from pipeline.ports.ledger import Ledger
from pipeline.ports.register import EVERY, HeldRecord, PackageRow, Register, Sought
from pipeline.ports.store import Abilities, ObjectInfo, Placed, Removing, Sharing, Store, Versioned
from pipeline.ports.world import Clock, Progress, Runner, Watch

__all__ = [
    "EVERY",
    "Abilities",
    "Clock",
    "HeldRecord",
    "Ledger",
    "ObjectInfo",
    "PackageRow",
    "Placed",
    "Progress",
    "Register",
    "Removing",
    "Runner",
    "Sharing",
    "Sought",
    "Store",
    "Versioned",
    "Watch",
]
