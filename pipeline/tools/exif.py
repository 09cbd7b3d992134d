"""What a camera wrote (Exif): read out of a block or a TIFF as far as it can be, and written anew with known tags only.

Cameras, telephones and programs write blocks that are broken in many ways; each tag that can be read is. What is not in
the table is left out: makers' notes hold serial numbers under names of their own. Source: Exif 2.32 (CIPA DC-008), 4.6.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_POINTER_EXIF, _POINTER_GPS, _POINTER_INTEROP = 0x8769, 0x8825, 0xA005
ORIENTATION = 0x0112
_IMAGE = (0x010E, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x8298)
"""Description, maker, model, resolution, program, time, artist, copyright."""
_CAMERA = (
    *(0x829A, 0x829D, 0x8822, 0x8827, 0x8830, 0x9000, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012),
    *(0x9201, 0x9202, 0x9203, 0x9204, 0x9205, 0x9207, 0x9208, 0x9209, 0x920A, 0x9290, 0x9291, 0x9292),
    *(0xA001, 0xA20E, 0xA20F, 0xA210, 0xA217, 0xA401, 0xA402, 0xA403, 0xA404, 0xA405, 0xA406, 0xA407),
    *(0xA408, 0xA409, 0xA40A, 0xA40C, 0xA432, 0xA433, 0xA434),
)
"""Exposure, times, lens, light. Not among them: makers' notes, comments, and what names one camera or its owner."""
_INTEROP = (1, 2)
"""Rules of file names: nobody needs them in a copy, but that they are broken is told."""
RESOLUTION = (0x011A, 0x011B, 0x0128)
_NAMING = (0xA420, 0xA430, 0xA431, 0xA435)
"""Number of the picture, owner, serial numbers of body and lens."""
_POSITION = tuple(range(0x20))
"""All of the GPS directory."""
_FORMS = {1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 6: "b", 7: "s", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d"}
_MOST_ENTRIES = 2000
_LONGEST_VALUE = 8192
_LONGEST_BLOCK = 60_000
_INLINE = 4
_ENTRY = 12


@dataclass(frozen=True, slots=True)
class Value:
    """A tag's value: its type as Exif numbers them, and its items (one text of bytes for types 2 and 7)."""

    kind: int
    items: tuple[int | float | bytes, ...]

    def packed(self) -> bytes:
        """As it stands in a big-endian block."""
        return struct.pack(f">{_form(self.kind, self.count)}", *self.items)

    @property
    def count(self) -> int:
        """How many items the entry says there are."""
        if self.items and isinstance(self.items[0], bytes):
            return len(self.items[0])
        return len(self.items) // len(_FORMS[self.kind])


def _form(kind: int, count: int) -> str:
    one = _FORMS[kind]
    return f"{count}s" if one == "s" else one * count


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """What the camera wrote, by tag, directory by directory; `broken` says that some of it could not be read."""

    image: Mapping[int, Value] = field(default_factory=dict)
    camera: Mapping[int, Value] = field(default_factory=dict)
    position: Mapping[int, Value] = field(default_factory=dict)
    broken: bool = False

    def __bool__(self) -> bool:
        return bool(self.image or self.camera or self.position)


def read(block: bytes, *, identifying: bool) -> Camera:
    """The tags of the table in a block that begins as a TIFF does; place and serial numbers where `identifying`."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:
        return Camera(broken=bool(block))
    reader = _Reader(block, order)
    wanted = (*_CAMERA, *(_NAMING if identifying else ()))
    first = reader.directory(reader.long(4), (*_IMAGE, _POINTER_EXIF, _POINTER_GPS))
    below, there = _pointer(first, _POINTER_EXIF), _pointer(first, _POINTER_GPS)
    camera = reader.directory(below, (*wanted, _POINTER_INTEROP)) if below else {}
    rules = _pointer(camera, _POINTER_INTEROP)
    if rules:
        reader.directory(rules, _INTEROP)
    return Camera(
        image=first,
        camera=camera,
        position=reader.directory(there, _POSITION) if there and identifying else {},
        broken=reader.broken,
    )


def _pointer(directory: dict[int, Value], tag: int) -> int:
    value = directory.pop(tag, None)
    return int(value.items[0]) if value and value.kind in {3, 4} and value.items else 0


class _Reader:
    """Reads directories; `broken` as soon as one does not hold together."""

    def __init__(self, block: bytes, order: str) -> None:
        self._block, self._order = block, order
        self.broken = False

    def long(self, at: int) -> int:
        return int(struct.unpack_from(f"{self._order}I", self._block, at)[0])

    def directory(self, at: int, wanted: tuple[int, ...]) -> dict[int, Value]:
        """What can be read of the wanted tags."""
        found: dict[int, Value] = {}
        for tag, kind, count, where in self._entries(at):
            if tag in wanted:
                value = self._value(kind, count, where)
                if value is None:
                    self.broken = True
                elif tag not in found:
                    found[tag] = value
        return found

    def _entries(self, at: int) -> Iterator[tuple[int, int, int, int]]:
        """Tag, type, count, and where the four bytes of the value are."""
        if not 8 <= at <= len(self._block) - 2:
            self.broken = True
            return
        entries = struct.unpack_from(f"{self._order}H", self._block, at)[0]
        for number in range(min(entries, _MOST_ENTRIES)):
            start = at + 2 + number * _ENTRY
            if start + _ENTRY > len(self._block):
                self.broken = True
                return
            tag, kind, count = struct.unpack_from(f"{self._order}HHI", self._block, start)
            if kind not in _FORMS:
                self.broken = True
                continue
            yield tag, kind, count, start + 8

    def _value(self, kind: int, count: int, where: int) -> Value | None:
        if not 0 < count <= _LONGEST_VALUE:
            return None
        form = f"{self._order}{_form(kind, count)}"
        size = struct.calcsize(form)
        at = where if size <= _INLINE else self.long(where)
        if size > _LONGEST_VALUE or at + size > len(self._block):
            return None
        return Value(kind, struct.unpack_from(form, self._block, at))


def written(camera: Camera, *, orientation: int = 0) -> bytes:
    """A block of its own: directories of the image, the camera and the position, big-endian. The direction is only what
    is given. Empty where there is nothing to say."""
    image = {tag: value for tag, value in camera.image.items() if tag != ORIENTATION}
    if orientation:
        image[ORIENTATION] = Value(3, (orientation,))
    parts = [(tag, part) for tag, part in ((_POINTER_EXIF, camera.camera), (_POINTER_GPS, camera.position)) if part]
    if not image and not parts:
        return b""
    pointers = {tag: Value(4, (0,)) for tag, _ in parts}
    at = 8 + len(_directory(image | pointers, 8))
    below = b""
    for tag, part in parts:
        pointers[tag] = Value(4, (at + len(below),))
        below += _directory(part, at + len(below))
    block = b"MM\0\x2a\0\0\0\x08" + _directory(image | pointers, 8) + below
    return block if len(block) <= _LONGEST_BLOCK else b""


def _directory(values: Mapping[int, Value], at: int) -> bytes:
    """One directory that begins at byte `at`, its longer values behind it."""
    entries, behind = b"", b""
    start = at + 2 + len(values) * _ENTRY + 4
    for tag in sorted(values):
        value = values[tag]
        packed = value.packed()
        entries += struct.pack(">HHI", tag, value.kind, value.count)
        if len(packed) <= _INLINE:
            entries += packed.ljust(_INLINE, b"\0")
        else:
            entries += struct.pack(">I", start + len(behind))
            behind += packed + b"\0" * (len(packed) % 2)
    return struct.pack(">H", len(values)) + entries + b"\0\0\0\0" + behind
