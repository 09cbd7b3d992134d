"""Audit (固化信息检查) of one copy: every byte of the tar read from the store and compared with the index.

The tar is streamed once; header, bytes and padding of each member and the trailer are checked, then the bag's own
manifests, then the index object beside the tar. One bad read is no verdict:

- what differs is read a second time by a request of its own. Wrong again: MISMATCH. Right this time: COULD_NOT_TELL,
  because the copy may be whole and the medium or the line is not steady;
- where reading breaks off, that part is read again alone. Right this time: nothing is wrong, its bytes were seen.
  Broken again: UNREADABLE, and reading goes on behind it;
- a store that does not answer, or does not let us in, ends the audit with COULD_NOT_TELL.

Digests other than SHA-256 are not computed again: equal SHA-256 means equal bytes. Of their manifests the names
are compared.
"""

from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing

from pipeline.codecs.bag_manifest import decode_manifest
from pipeline.codecs.index import MAX_INDEX_BYTES, decode_index, is_as_written
from pipeline.codecs.tar_stream import Part, PartCheck, Stretch, cut, stretches
from pipeline.domain import layout
from pipeline.domain.messages import Fact, Message, message
from pipeline.domain.packages import FixityFault, FixityReport, FixityResult, PackageIndex
from pipeline.domain.wording import because
from pipeline.errors import ObjectMissing, StorageError, StorageRefused, StorageUnavailable
from pipeline.ports import Clock, Store

_MOST_BROKEN = 16
"""Parts in a row that cannot be read even alone; then the rest is given up."""

_NAMES = {
    Part.HEADER: ("tar 中的文件头", "header in the tar"),
    Part.DATA: ("内容", "bytes"),
    Part.PADDING: ("tar 中的填充", "padding in the tar"),
    Part.TRAILER: ("tar 的结尾", "end of the tar"),
}

_NO_ANSWER = ("存储没有应答", "the store does not answer")

_GRAVEST_FIRST = (
    FixityResult.MISMATCH,
    FixityResult.MISSING,
    FixityResult.UNREADABLE,
    FixityResult.COULD_NOT_TELL,
)


def audit(
    index: PackageIndex,
    *,
    store: Store,
    clock: Clock,
    advance: Callable[[int], None],
    index_expected: bool = True,
) -> FixityReport:
    """Reads the whole copy in `store`. The result is the gravest of the faults, which name each member concerned.

    `advance` is told bytes as they are read. `index_expected` is false while a copy is
    being deposited and its index not yet written. Raises no StorageError: what the store does wrong is in the report.
    """
    started = clock.now().isoformat()
    reading = _Reading(index, store, advance)
    if reading.read_tar():
        reading.compare_manifests()
        if index_expected:
            reading.compare_index()
    found = {fault.result for fault in reading.faults}
    return FixityReport(
        package_id=index.package_id,
        version=index.version,
        store=store.name,
        result=next((result for result in _GRAVEST_FIRST if result in found), FixityResult.OK),
        bytes_read=reading.bytes_read,
        started_at=started,
        ended_at=clock.now().isoformat(),
        faults=tuple(reading.faults),
    )


class _Reading:
    """One audit under way."""

    def __init__(self, index: PackageIndex, store: Store, advance: Callable[[int], None]) -> None:
        self.index, self.store, self.advance = index, store, advance
        self.faults: list[FixityFault] = []
        self.bytes_read = 0
        self._parts = tuple(stretches(index.own_members, tar_size=index.tar_size))
        self._next = 0
        self._suspects: list[tuple[Stretch, str]] = []
        self._manifests: dict[str, bytes] = {}
        self._silent = False

    def note(self, result: FixityResult, path: str, reason: Fact) -> None:
        """Adds a fault."""
        self.faults.append(FixityFault(result=result, path=path, reason=reason))

    def read_tar(self) -> bool:
        """Reads and compares all parts; False where there is no tar or the store does not answer."""
        broken = 0
        while self._next < len(self._parts) and not self._silent:
            before = self._next
            try:
                self._stream()
                if self._next < len(self._parts) and not self._goes_on(before):
                    break
            except ObjectMissing as error:
                self.note(FixityResult.MISSING, "", because("没有 tar", "the tar is not there", error))
                return False
            except (StorageRefused, StorageUnavailable) as error:
                self._hush(error)
            except StorageError as error:
                broken = broken + 1 if self._next == before else 1
                self._read_alone(error)
                if broken >= _MOST_BROKEN:
                    self.note(
                        FixityResult.UNREADABLE,
                        "",
                        "屡次读取失败，其余未读 · reading fails again and again: the rest was not read",
                    )
                    break
        for part, found in self._suspects:
            self._read_again(part, found)
        return not self._silent

    def _stream(self) -> None:
        """Compares parts from the next one on, until the stream ends."""
        parts, before = self._parts[self._next :], self.bytes_read
        check: PartCheck | None = None
        kept = bytearray()
        with closing(self._chunks(self.index.tar_key, parts[0].start)) as chunks:
            for part, piece, last in cut(chunks, parts):
                check = check or PartCheck(part)
                check.update(piece)
                if part.part is Part.DATA and _is_manifest(part.path):
                    kept += piece
                if last:
                    self._done(part, check, bytes(kept))
                    check = None
                    kept.clear()
            if self._next == len(self._parts):
                deque(chunks, maxlen=0)
        end = parts[0].start + self.bytes_read - before
        if end > (size := self.index.tar_size):
            self.note(
                FixityResult.MISMATCH,
                "",
                f"tar 变长了：有 {end} 字节，原为 {size} · the tar has {end} bytes and had {size}",
            )

    def _done(self, part: Stretch, check: PartCheck, kept: bytes) -> None:
        self._next += 1
        if check.found != check.expected:
            self._suspects.append((part, check.found))
        elif kept:
            self._manifests[part.path] = kept

    def _chunks(self, key: str, start: int = 0, length: int | None = None) -> Generator[bytes, None, None]:
        for chunk in self.store.read(key, start=start, length=length):
            self.bytes_read += len(chunk)
            self.advance(len(chunk))
            yield chunk

    def _hush(self, error: StorageRefused | StorageUnavailable) -> None:
        """From now on nothing is asked of the store."""
        self._silent = True
        refused = isinstance(error, StorageRefused)
        words = ("存储不让读取", "the store does not let us read") if refused else _NO_ANSWER
        self.note(FixityResult.COULD_NOT_TELL, "", because(*words, error))

    def _goes_on(self, before: int) -> bool:
        """After a stream that ended early: whether it is worth asking for the rest; if not, what is lacking."""
        size = self.store.size(self.index.tar_key) or 0
        whole = size >= self.index.tar_size
        if whole and self._next > before:
            return True
        result = FixityResult.UNREADABLE if whole else FixityResult.MISMATCH
        had = self.index.tar_size
        said = f"tar 有 {size} 字节，原为 {had} · the tar has {size} bytes and had {had}"
        self.note(result, "", because("读取提前结束", "reading ends early", said))
        for path in dict.fromkeys(part.path for part in self._parts[self._next :] if part.path):
            self.note(result, path, "字节不全 · its bytes were not all there")
        return False

    def _read_alone(self, error: StorageError) -> None:
        """The part at which reading broke off, by a request of its own."""
        part = self._parts[self._next]
        try:
            check, kept = self._alone(part)
        except (StorageRefused, StorageUnavailable) as unanswered:
            self._hush(unanswered)
        except StorageError:
            self._next += 1
            zh, en = _NAMES[part.part]
            self.note(FixityResult.UNREADABLE, part.path, because(f"{zh}读不出", f"{en} cannot be read", error))
        else:
            self._done(part, check, kept)

    def _alone(self, part: Stretch) -> tuple[PartCheck, bytes]:
        check, kept = PartCheck(part), bytearray()
        for chunk in self._chunks(self.index.tar_key, part.start, part.end - part.start):
            check.update(memoryview(chunk))
            if part.part is Part.DATA and _is_manifest(part.path):
                kept += chunk
        return check, bytes(kept)

    def _read_again(self, part: Stretch, first: str) -> None:
        """The verdict on a part that differed when it was first read."""
        zh, en = _NAMES[part.part]
        other = (f"{zh}首次读与索引不符", f"{en}: when first read {first}, not {PartCheck(part).expected}")
        try:
            if self._silent:
                raise StorageUnavailable("it was not asked again")
            check, kept = self._alone(part)
        except (StorageRefused, StorageUnavailable) as error:
            reason = because(f"{other[0]}，未能再读", f"{other[1]}, and not to be read again", error)
            self.note(FixityResult.COULD_NOT_TELL, part.path, reason)
        except StorageError as error:
            reason = because(f"{other[0]}，再读失败", f"{other[1]}, then could not be read", error)
            self.note(FixityResult.UNREADABLE, part.path, reason)
        else:
            if check.found != check.expected:
                reason = f"{zh}与索引不符 · {en}: expected {check.expected}, found {check.found}"
                self.note(FixityResult.MISMATCH, part.path, reason)
                return
            if kept:
                self._manifests[part.path] = kept
            reason = f"{other[0]}，再读正确，介质或线路不稳 · {other[1]}; right when read again: not steady"
            self.note(FixityResult.COULD_NOT_TELL, part.path, reason)

    def compare_manifests(self) -> None:
        """The bag's own manifests against what was read; those that are damaged are faults already."""
        members = {member.path: member.sha256 for member in self.index.members}
        payload = {path: sha256 for path, sha256 in members.items() if layout.is_payload(path)}
        for name, data in sorted(self._manifests.items()):
            lines, findings = decode_manifest(data, name=name)
            listed = {line.path: line.digest for line in lines}
            held = {path: members[path] for path in listed if path in members} if name.startswith("tag") else payload
            if findings or len(listed) != len(lines) or listed.keys() != held.keys():
                self.note(
                    FixityResult.MISMATCH,
                    name,
                    "清单与包内文件不一致 · it does not list the files that the package holds",
                )
            elif name.endswith("-sha256.txt"):
                for path in sorted(path for path, digest in listed.items() if digest != held[path]):
                    said = f"{name} gives {listed[path]}, the index {held[path]}"
                    self.note(FixityResult.MISMATCH, path, f"清单与索引不符 · {said}")

    def compare_index(self) -> None:
        """The index object beside the tar against the index we hold."""
        key = self.index.index_key
        try:
            reason = self._index_fault(b"".join(self._chunks(key, 0, MAX_INDEX_BYTES + 1)))
            again = reason and self._index_fault(b"".join(self._chunks(key, 0, MAX_INDEX_BYTES + 1)))
        except ObjectMissing as error:
            self.note(
                FixityResult.MISSING, "", because("tar 旁没有索引", "the index beside the tar is not there", error)
            )
        except (StorageRefused, StorageUnavailable) as error:
            self._hush(error)
        except StorageError as error:
            unread = because("tar 旁的索引不能读取", "the index beside the tar cannot be read", error)
            self.note(FixityResult.UNREADABLE, "", unread)
        else:
            if again is not None:
                self.note(FixityResult.MISMATCH, "", again)
            elif reason is not None:
                self.note(FixityResult.COULD_NOT_TELL, "", message("index_right_when_read_again", reason=reason))

    def _index_fault(self, data: bytes) -> Message | None:
        """What is wrong with the bytes of the index; compared as bytes, because JSON means the same in many ways."""
        if data == self.index.written:
            return None if is_as_written(self.index) else message("index_not_as_written")
        try:
            decode_index(data, store=self.store.name, key=self.index.index_key)
        except StorageError as error:
            return error.message
        return message("index_other_bytes")


def _is_manifest(path: str) -> bool:
    return path.startswith(("manifest-", "tagmanifest-")) and path.endswith(".txt")
