"""A bucket that answers as it was told to, and remembers what it was asked."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.stores.s3_bucket import Answer, Refusal, error_of

GONE = Refusal(status=404, code="NoSuchKey", message="")


@dataclass
class ToldBucket:
    """One answer after the other, whatever is asked; `asked` are the operations with their arguments."""

    answers: Sequence[Answer | Refusal]
    store: str = "cloud"
    digest: str = "md5"
    asked: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def attempt(self, operation: str, **arguments: object) -> Answer | Refusal:
        """See `Bucket.attempt`."""
        self.asked.append((operation, arguments))
        return self.answers[len(self.asked) - 1]

    def call(self, operation: str, *, key: str, **arguments: object) -> Answer:
        """See `Bucket.call`."""
        answer = self.attempt(operation, Key=key, **arguments)
        if isinstance(answer, Refusal):
            raise error_of(answer, store=self.store, key=key)
        return answer

    @property
    def operations(self) -> list[str]:
        """What was asked for, in order."""
        return [operation for operation, _ in self.asked]


class BreakingBody(io.BytesIO):
    """The bytes of an answer, up to where the connection breaks."""

    def __init__(self, data: bytes, breaks_at: int) -> None:
        super().__init__(data[:breaks_at])

    def read(self, size: int | None = -1) -> bytes:
        """What there is; then the connection breaks."""
        data = super().read(size)
        if not data:
            raise ConnectionResetError
        return data


def part(data: bytes, *, start: int = 0, breaks_at: int | None = None) -> Answer:
    """The answer to a read of the bytes from `start` on."""
    left = data[start:]
    return {
        "ContentLength": len(left),
        "ContentRange": f"bytes {start}-{len(data) - 1}/{len(data)}",
        "ETag": '"1"',
        "Body": io.BytesIO(left) if breaks_at is None else BreakingBody(left, breaks_at),
    }
