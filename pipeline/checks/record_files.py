"""What the checks of single files share: a file with what identifying it has shown."""

from typing import NamedTuple

from pipeline.domain.formats import FileFormat, Verdict
from pipeline.domain.records import ReceivedFile
from pipeline.formats.handler import Examined
from pipeline.formats.policy import FormatPolicy


class Looked(NamedTuple):
    """A file of the record `record` (its package identifier): its format, what examining it has shown, and the policy
    that says which names belong to which format."""

    file: ReceivedFile
    record: str
    format: FileFormat
    examined: Examined
    policy: FormatPolicy

    @property
    def is_damaged(self) -> bool:
        """Whether reading the file has shown that it is damaged."""
        return self.examined.soundness.verdict is Verdict.DAMAGED
