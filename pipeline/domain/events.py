"""Events and agents (PREMIS 3.0: event 事件, agent 责任主体; DA/T 46 M80-M84 业务实体)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What was done; values are the labels of the Library of Congress event type vocabulary.

    Source: id.loc.gov/vocabulary/preservation/eventType; the codes are in `codecs.premis`.
    """

    TRANSFER = "transfer"
    CAPTURE = "capture"
    MESSAGE_DIGEST_CALCULATION = "message digest calculation"
    FORMAT_IDENTIFICATION = "format identification"
    METADATA_EXTRACTION = "metadata extraction"
    VALIDATION = "validation"
    NORMALIZATION = "normalization"
    METADATA_MODIFICATION = "metadata modification"
    FILENAME_CHANGE = "filename change"
    CREATION = "creation"
    INGESTION = "ingestion"
    REPLICATION = "replication"
    FIXITY_CHECK = "fixity check"
    DISSEMINATION = "dissemination"


class Outcome(StrEnum):
    """How it ended. `COULD_NOT_TELL` is neither of the others."""

    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"
    COULD_NOT_TELL = "could not tell"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Agent:
    """Who acted: `kind` is software, organization or person."""

    name: str
    version: str = ""
    kind: str = "software"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One act on a record. `objects` are paths inside the package (`data/original/001.tif`) or the package
    identifier; `sources` are those the act took from, `objects` those it made or looked at.
    `at` is aware, in UTC. `detail` holds the parameters, never personal data.
    """

    kind: EventKind
    at: datetime
    agent: Agent
    outcome: Outcome
    objects: tuple[str, ...]
    sources: tuple[str, ...] = ()
    detail: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an event's time needs a zone")
        if not self.agent.name:
            raise ValueError("an event needs its agent")
