"""PREMIS 3.0 (`metadata/premis.xml`): objects, events, agents and rights of one package, written.

`metadata_schemas/premis-subset-1.0` says what can occur; `premis_reader` reads it back. Links run from events to
objects, from derived files to their sources, and nowhere twice: a record of 20,000 files stays a list.
"""

from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.digests import Digest
from pipeline.domain.events import Agent, EventKind, Outcome
from pipeline.tools.xml import Write, XmlWriter

NAMESPACE = "http://www.loc.gov/premis/v3"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

PACKAGE, CODE, REPRESENTATION, PATH = "lantai-package", "档号", "lantai-representation", "lantai-path"
_EVENT, _AGENT, _RIGHTS = "lantai-event", "lantai-agent", "lantai-rights"

_EVENT_TYPES = "http://id.loc.gov/vocabulary/preservation/eventType"
_EVENT_CODES = {
    EventKind.CAPTURE: "cap",
    EventKind.MESSAGE_DIGEST_CALCULATION: "mes",
    EventKind.FORMAT_IDENTIFICATION: "for",
    EventKind.VALIDATION: "val",
    EventKind.NORMALIZATION: "nor",
    EventKind.METADATA_MODIFICATION: "mem",
    EventKind.FILENAME_CHANGE: "fil",
    EventKind.CREATION: "cre",
    EventKind.INGESTION: "ing",
    EventKind.REPLICATION: "rep",
    EventKind.FIXITY_CHECK: "fix",
    EventKind.DISSEMINATION: "dis",
    EventKind.TRANSFER: "tra",
}
"""Codes of the Library of Congress vocabulary whose labels were seen; a kind without one is written by its label
alone (metadata extraction: `ext` exists, its label was not seen)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisFile:
    """A file object. `format_notes` are sentences; `sources` package paths in order, for a derived file, and
    `made_by` the identifiers of the events that made it of them."""

    path: str
    representation: str
    size: int
    digests: tuple[Digest, ...]
    format_name: str
    format_version: str = ""
    puid: str = ""
    format_notes: tuple[str, ...] = ()
    original_name: str = ""
    sources: tuple[str, ...] = ()
    made_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisEvent:
    """An event as the package holds it. `details` are sentences before the outcome, `notes` those with it;
    `sources` and `objects` are package paths, the name of a representation for all files of it, or the package
    identifier."""

    identifier: str
    kind: EventKind
    at: datetime
    agent: Agent
    outcome: Outcome
    objects: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Premis:
    """All that `premis.xml` says. `rights` are (term, value) as described: 密级, 开放标识, 保管期限; `holder` is the
    archives that keeps the package, `others` are people who had a part in what an event tells of, and did not act."""

    package_id: str
    archival_code: str
    title: str
    representations: tuple[str, ...]
    files: tuple[PremisFile, ...]
    events: tuple[PremisEvent, ...]
    holder: Agent
    rights: tuple[tuple[str, str], ...] = ()
    others: tuple[Agent, ...] = ()

    @property
    def agents(self) -> tuple[Agent, ...]:
        """Every agent once, the holder first, then in order of first act, then the others; the n-th is `A000n`."""
        return tuple(dict.fromkeys((self.holder, *(event.agent for event in self.events), *self.others)))


def write_premis(premis: Premis, write: Write) -> None:
    """Writes the document; the same value gives the same bytes."""
    _Writing(premis, write).document()


class _Writing:
    def __init__(self, premis: Premis, write: Write) -> None:
        self.premis = premis
        self.xml = XmlWriter(write)
        self.agent_ids = {agent: f"A{n:04d}" for n, agent in enumerate(premis.agents, start=1)}

    def document(self) -> None:
        head = {"xmlns": NAMESPACE, "xmlns:xsi": _XSI, "version": "3.0"}
        with self.xml.element("premis", head):
            self.entity()
            for name in self.premis.representations:
                self.representation(name)
            for file in self.premis.files:
                self.file(file)
            for event in self.premis.events:
                self.event(event)
            for agent, identifier in self.agent_ids.items():
                self.agent(agent, identifier)
            self.rights()

    def entity(self) -> None:
        with self.xml.element("object", {"xsi:type": "intellectualEntity"}):
            self.identifier("object", PACKAGE, self.premis.package_id)
            self.identifier("object", CODE, self.premis.archival_code)
            if self.premis.title:
                self.xml.leaf("originalName", self.premis.title)

    def representation(self, name: str) -> None:
        with self.xml.element("object", {"xsi:type": "representation"}):
            self.identifier("object", REPRESENTATION, name)
            self.relationship("structural", "represents", PACKAGE, (self.premis.package_id,))

    def file(self, file: PremisFile) -> None:
        with self.xml.element("object", {"xsi:type": "file"}):
            self.identifier("object", PATH, file.path)
            self.characteristics(file)
            if file.original_name:
                self.xml.leaf("originalName", file.original_name)
            self.relationship("structural", "is part of", REPRESENTATION, (file.representation,))
            if file.sources:
                self.relationship("derivation", "has source", PATH, file.sources, file.made_by)

    def characteristics(self, file: PremisFile) -> None:
        leaf = self.xml.leaf
        with self.xml.element("objectCharacteristics"):
            leaf("compositionLevel", "0")
            for digest in file.digests:
                with self.xml.element("fixity"):
                    leaf("messageDigestAlgorithm", digest.algorithm.premis_name)
                    leaf("messageDigest", digest.value)
            leaf("size", str(file.size))
            with self.xml.element("format"):
                with self.xml.element("formatDesignation"):
                    leaf("formatName", file.format_name)
                    if file.format_version:
                        leaf("formatVersion", file.format_version)
                if file.puid:
                    with self.xml.element("formatRegistry"):
                        leaf("formatRegistryName", "PRONOM")
                        leaf("formatRegistryKey", file.puid)
                for note in file.format_notes:
                    leaf("formatNote", note)

    def relationship(
        self,
        kind: str,
        sub: str,
        identifier_type: str,
        related: tuple[str, ...],
        events: tuple[str, ...] = (),
    ) -> None:
        """A relationship; the sequence numbers keep the order of several sources (pages of a PDF)."""
        with self.xml.element("relationship"):
            self.xml.leaf("relationshipType", kind)
            self.xml.leaf("relationshipSubType", sub)
            for number, value in enumerate(related, start=1):
                with self.xml.element("relatedObjectIdentifier"):
                    self.xml.leaf("relatedObjectIdentifierType", identifier_type)
                    self.xml.leaf("relatedObjectIdentifierValue", value)
                    if len(related) > 1:
                        self.xml.leaf("relatedObjectSequence", str(number))
            for event in events:
                self.identifier("relatedEvent", _EVENT, event)

    def event(self, event: PremisEvent) -> None:
        leaf = self.xml.leaf
        with self.xml.element("event"):
            self.identifier("event", _EVENT, event.identifier)
            leaf("eventType", event.kind.value, _authority(event.kind))
            leaf("eventDateTime", event.at.isoformat())
            for detail in event.details:
                with self.xml.element("eventDetailInformation"):
                    leaf("eventDetail", detail)
            with self.xml.element("eventOutcomeInformation"):
                leaf("eventOutcome", event.outcome.value)
                for note in event.notes:
                    with self.xml.element("eventOutcomeDetail"):
                        leaf("eventOutcomeDetailNote", note)
            self.identifier("linkingAgent", _AGENT, self.agent_ids[event.agent])
            for value in event.sources:
                self.identifier("linkingObject", self._type_of(value), value, role="source")
            for value in event.objects:
                self.identifier("linkingObject", self._type_of(value), value, role="outcome")

    def agent(self, agent: Agent, identifier: str) -> None:
        with self.xml.element("agent"):
            self.identifier("agent", _AGENT, identifier)
            self.xml.leaf("agentName", agent.name)
            self.xml.leaf("agentType", agent.kind)
            if agent.version:
                self.xml.leaf("agentVersion", agent.version)

    def rights(self) -> None:
        with self.xml.element("rights"), self.xml.element("rightsStatement"):
            self.identifier("rightsStatement", _RIGHTS, "R0001")
            self.xml.leaf("rightsBasis", "other")
            with self.xml.element("otherRightsInformation"):
                self.xml.leaf("otherRightsBasis", "policy")
                for term, value in self.premis.rights:
                    self.xml.leaf("otherRightsNote", f"{term}：{value}")
            self.identifier("linkingObject", PACKAGE, self.premis.package_id)
            self.identifier("linkingAgent", _AGENT, self.agent_ids[self.premis.holder])

    def identifier(self, owner: str, identifier_type: str, value: str, *, role: str = "") -> None:
        name = f"{owner}Identifier"
        with self.xml.element(name):
            self.xml.leaf(f"{name}Type", identifier_type)
            self.xml.leaf(f"{name}Value", value)
            if role:
                self.xml.leaf(f"{owner}Role", role)

    def _type_of(self, value: str) -> str:
        if value == self.premis.package_id:
            return PACKAGE
        return REPRESENTATION if value in self.premis.representations else PATH


def _authority(kind: EventKind) -> dict[str, str]:
    code = _EVENT_CODES.get(kind)
    if code is None:
        return {}
    return {"authority": "eventType", "authorityURI": _EVENT_TYPES, "valueURI": f"{_EVENT_TYPES}/{code}"}
