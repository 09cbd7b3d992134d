"""All that is known of a record when its documents are written, in one value for the builders of the documents."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.records import Derived, Description, Identified, IdentifiedFile, Received, ReceivedFile, Record
from pipeline.errors import HouseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that is known of a record when its documents are written."""

    record: Record
    received: Received
    identified: Identified
    derived: Derived

    @property
    def description(self) -> Description:
        """What the catalogue says of the record."""
        return self.record.description

    def originals(self) -> Iterator[tuple[ReceivedFile, IdentifiedFile]]:
        """Each original as received and as identified, in page order. Raises HouseError where the two do not match."""
        received, identified = self.received.files, self.identified.files
        if [file.path for file in received] != [file.path for file in identified]:
            raise HouseError("the files identified are not those received")
        return zip(received, identified, strict=True)
