"""The tar of a copy, streamed once and compared with the index part by part. What counts is said in `audit`."""

from collections import deque
from contextlib import closing

from pipeline.codecs.bag_manifest import is_manifest
from pipeline.codecs.tar_stream import Part, PartCheck, Stretch, cut, stretches
from pipeline.domain.messages import message, why
from pipeline.domain.packages import FixityResult
from pipeline.errors import ObjectMissing, StorageError, StorageRefused, StorageUnavailable
from pipeline.stages._copy_reading import CopyReading

_MOST_BROKEN = 16
"""Parts in a row that cannot be read even alone; then the rest is given up."""


class TarReading:
    """The reading of one tar. `manifests` are the bag's own, as far as they were read and are not damaged."""

    def __init__(self, copy: CopyReading) -> None:
        self._copy, self._index = copy, copy.index
        self.manifests: dict[str, bytes] = {}
        self._parts = tuple(stretches(self._index.own_members, tar_size=self._index.tar_size))
        self._next = 0
        self._suspects: list[tuple[Stretch, str]] = []

    def read(self) -> bool:
        """Reads and compares all parts; False where there is no tar or the store does not answer."""
        copy, broken = self._copy, 0
        while self._next < len(self._parts) and not copy.silent:
            before = self._next
            try:
                self._stream()
                if self._next < len(self._parts) and not self._goes_on(before):
                    break
            except ObjectMissing as error:
                copy.note(FixityResult.MISSING, "", message("copy_tar_missing", reason=why(error)))
                return False
            except (StorageRefused, StorageUnavailable) as error:
                copy.fall_silent(error)
            except StorageError as error:
                broken = broken + 1 if self._next == before else 1
                self._read_alone(error)
                if broken >= _MOST_BROKEN:
                    copy.note(FixityResult.UNREADABLE, "", message("copy_reading_given_up"))
                    break
        for part, found in self._suspects:
            self._read_again(part, found)
        return not copy.silent

    def _stream(self) -> None:
        """Compares parts from the next one on, until the stream ends."""
        parts, before = self._parts[self._next :], self._copy.bytes_read
        check: PartCheck | None = None
        kept = bytearray()
        with closing(self._copy.chunks(self._index.tar_key, parts[0].start)) as chunks:
            for part, piece, last in cut(chunks, parts):
                check = check or PartCheck(part)
                check.update(piece)
                if part.part is Part.DATA and is_manifest(part.path):
                    kept += piece
                if last:
                    self._done(part, check, bytes(kept))
                    check = None
                    kept.clear()
            if self._next == len(self._parts):
                deque(chunks, maxlen=0)
        end = parts[0].start + self._copy.bytes_read - before
        if end > (size := self._index.tar_size):
            self._copy.note(FixityResult.MISMATCH, "", message("copy_tar_longer", size=end, had=size))

    def _done(self, part: Stretch, check: PartCheck, kept: bytes) -> None:
        self._next += 1
        if check.found != check.expected:
            self._suspects.append((part, check.found))
        elif kept:
            self.manifests[part.path] = kept

    def _goes_on(self, before: int) -> bool:
        """After a stream that ended early: whether it is worth asking for the rest; if not, what is lacking."""
        size = self._copy.store.size(self._index.tar_key) or 0
        whole = size >= self._index.tar_size
        if whole and self._next > before:
            return True
        result = FixityResult.UNREADABLE if whole else FixityResult.MISMATCH
        self._copy.note(result, "", message("copy_ends_early", size=size, had=self._index.tar_size))
        for path in dict.fromkeys(part.path for part in self._parts[self._next :] if part.path):
            self._copy.note(result, path, message("copy_bytes_lacking"))
        return False

    def _read_alone(self, error: StorageError) -> None:
        """The part at which reading broke off, by a request of its own."""
        part = self._parts[self._next]
        try:
            check, kept = self._alone(part)
        except (StorageRefused, StorageUnavailable) as unanswered:
            self._copy.fall_silent(unanswered)
        except StorageError:
            self._next += 1
            said = message("copy_part_unreadable", part=part.part, reason=why(error))
            self._copy.note(FixityResult.UNREADABLE, part.path, said)
        else:
            self._done(part, check, kept)

    def _alone(self, part: Stretch) -> tuple[PartCheck, bytes]:
        check, kept = PartCheck(part), bytearray()
        for chunk in self._copy.chunks(self._index.tar_key, part.start, part.end - part.start):
            check.update(memoryview(chunk))
            if part.part is Part.DATA and is_manifest(part.path):
                kept += chunk
        return check, bytes(kept)

    def _read_again(self, part: Stretch, first: str) -> None:
        """The verdict on a part that differed when it was first read."""
        note, expected = self._copy.note, PartCheck(part).expected
        before = message("copy_part_differs", part=part.part, expected=expected, found=first)
        try:
            if self._copy.silent:
                raise StorageUnavailable(message("copy_not_asked_again"))
            check, kept = self._alone(part)
        except (StorageRefused, StorageUnavailable) as error:
            said = message("copy_not_read_again", first=before, reason=why(error))
            note(FixityResult.COULD_NOT_TELL, part.path, said)
        except StorageError as error:
            said = message("copy_failed_when_read_again", first=before, reason=why(error))
            note(FixityResult.UNREADABLE, part.path, said)
        else:
            if check.found != check.expected:
                said = message("copy_part_differs", part=part.part, expected=check.expected, found=check.found)
                note(FixityResult.MISMATCH, part.path, said)
                return
            if kept:
                self.manifests[part.path] = kept
            note(FixityResult.COULD_NOT_TELL, part.path, message("copy_not_steady", first=before))
