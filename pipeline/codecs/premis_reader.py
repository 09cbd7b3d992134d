"""PREMIS 3.0 (`metadata/premis.xml`) read back into the value that `premis` wrote."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pipeline.codecs.premis import CODE, NAMESPACE, PACKAGE, Premis, PremisEvent, PremisFile
from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.events import Agent, EventKind, Outcome
from pipeline.domain.messages import message, why
from pipeline.errors import SourceError
from pipeline.tools.xml import Node, XmlReader

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_ALGORITHMS = {algorithm.premis_name: algorithm for algorithm in Algorithm}
_NOBODY = Agent(name="?")


def read_premis(path: Path) -> Premis:
    """The value that was written. Raises SourceError, naming the file, where the document is hostile, is broken, or
    says what we never write; `schemas` has the full list of rules and should be asked first."""
    found = _Found()
    try:
        with XmlReader(path, f"{{{NAMESPACE}}}premis") as reader:
            for node in reader:
                found.take(node)
        return found.value()
    except (KeyError, ValueError) as error:
        raise SourceError(message("document_not_read", path=path.name, reason=why(error))) from error


@dataclass
class _Found:
    """What has been read so far; agents stand behind the events that name them."""

    identifiers: dict[str, str] = field(default_factory=dict)
    title: str = ""
    representations: list[str] = field(default_factory=list)
    files: list[PremisFile] = field(default_factory=list)
    events: list[tuple[PremisEvent, str]] = field(default_factory=list)
    agents: dict[str, Agent] = field(default_factory=dict)
    holder: str = ""
    rights: list[tuple[str, str]] = field(default_factory=list)

    def take(self, node: Node) -> None:
        kind = node.attribute(_XSI_TYPE).rpartition(":")[2] if node.name == "object" else node.name
        match kind:
            case "intellectualEntity":
                for each in node.children("objectIdentifier"):
                    self.identifiers[each.text_of("objectIdentifierType")] = each.text_of("objectIdentifierValue")
                self.title = node.text_of("originalName")
            case "representation":
                self.representations.append(_identifier(node, "object"))
            case "file":
                self.files.append(_file(node))
            case "event":
                self.events.append((_event(node), _identifier(node, "linkingAgent")))
            case "agent":
                self.agents[_identifier(node, "agent")] = Agent(
                    name=node.text_of("agentName"),
                    version=node.text_of("agentVersion"),
                    kind=node.text_of("agentType"),
                )
            case "rights":
                statement = node.child("rightsStatement")
                self.holder = _identifier(statement, "linkingAgent")
                for note in statement.child("otherRightsInformation").children("otherRightsNote"):
                    term, _, value = note.text.partition("：")
                    self.rights.append((term, value))
            case _:
                raise SourceError(message("element_not_ours", element=kind))

    def value(self) -> Premis:
        return Premis(
            package_id=self.identifiers[PACKAGE],
            archival_code=self.identifiers[CODE],
            title=self.title,
            representations=tuple(self.representations),
            files=tuple(self.files),
            events=tuple(replace(event, agent=self.agents[agent]) for event, agent in self.events),
            holder=self.agents[self.holder],
            rights=tuple(self.rights),
        )


def _file(node: Node) -> PremisFile:
    traits = node.child("objectCharacteristics")
    written = traits.child("format")
    part, derivation = _relationships(node)
    return PremisFile(
        path=_identifier(node, "object"),
        representation=part[0],
        size=int(traits.text_of("size")),
        digests=tuple(
            Digest(
                algorithm=_ALGORITHMS[each.text_of("messageDigestAlgorithm")],
                value=each.text_of("messageDigest"),
            )
            for each in traits.children("fixity")
        ),
        format_name=written.text_of("formatDesignation", "formatName"),
        format_version=written.text_of("formatDesignation", "formatVersion"),
        puid=written.text_of("formatRegistry", "formatRegistryKey"),
        format_notes=tuple(note.text for note in written.children("formatNote")),
        original_name=node.text_of("originalName"),
        sources=derivation,
        made_by=tuple(
            each.text_of("relatedEventIdentifierValue")
            for relationship in node.children("relationship")
            for each in relationship.children("relatedEventIdentifier")
        ),
    )


def _relationships(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the file is part of, and what it was made of."""
    related: dict[str, tuple[str, ...]] = {}
    for relationship in node.children("relationship"):
        related[relationship.text_of("relationshipSubType")] = tuple(
            each.text_of("relatedObjectIdentifierValue") for each in relationship.children("relatedObjectIdentifier")
        )
    return related["is part of"], related.get("has source", ())


def _event(node: Node) -> PremisEvent:
    result = node.child("eventOutcomeInformation")
    return PremisEvent(
        identifier=_identifier(node, "event"),
        kind=EventKind(node.text_of("eventType")),
        at=datetime.fromisoformat(node.text_of("eventDateTime")),
        agent=_NOBODY,
        outcome=Outcome(result.text_of("eventOutcome")),
        objects=_linked(node, "outcome"),
        sources=_linked(node, "source"),
        details=tuple(each.text_of("eventDetail") for each in node.children("eventDetailInformation")),
        notes=tuple(each.text_of("eventOutcomeDetailNote") for each in result.children("eventOutcomeDetail")),
    )


def _linked(node: Node, role: str) -> tuple[str, ...]:
    return tuple(
        link.text_of("linkingObjectIdentifierValue")
        for link in node.children("linkingObjectIdentifier")
        if link.text_of("linkingObjectRole") == role
    )


def _identifier(node: Node, owner: str) -> str:
    return node.child(f"{owner}Identifier").text_of(f"{owner}IdentifierValue")
