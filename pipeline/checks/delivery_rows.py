"""What the checks of single rows share: a row as typed and as read, and how a finding names it."""

from typing import NamedTuple

from pipeline.codecs.catalogue import CatalogueRow
from pipeline.domain.findings import Finding, finding
from pipeline.domain.personal import mask
from pipeline.domain.records import Description
from pipeline.domain.retention import ByRule, OneOf, Permanent, Years, parse_retention
from pipeline.profiles import DeliveryRules


class Row(NamedTuple):
    """A row of the catalogue as typed, the description that was read from it, and the profile's rules."""

    typed: CatalogueRow
    description: Description
    rules: DeliveryRules


def of_row(code: str, description: Description, **facts: object) -> Finding:
    """A finding about a row, by its masked archival code."""
    return finding(code, mask(description.archival_code), record=description.package_id, row=description.row, **facts)


def retention_of(text: str) -> Permanent | Years | OneOf | ByRule | None:
    """The retention period that a cell means; None where it means none that a schedule knows."""
    try:
        return parse_retention(text) if text else None
    except ValueError:
        return None
