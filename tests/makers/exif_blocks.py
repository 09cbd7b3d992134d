"""Exif blocks as cameras write them, and broken ones, byte by byte and without the program's own code."""

import struct

GPS_TEXT = b"ASCII\0\0\0SECRETPLACE"
SERIALS = (b"BODY-4711", b"LENS-0815", b"NOTE-1234", b"OWNER ZHANG")


def block(order: str = "<", *, orientation: int = 1, interop: bytes | None = None, exif_at: int | None = None) -> bytes:
    """Maker, model, time, lens; place; serial numbers in tags and in a maker's note. `interop` are the raw bytes of its
    interoperability directory, `exif_at` another offset than the right one for the camera's directory."""
    image: list[tuple[int, int, bytes]] = [
        (0x010F, 2, b"Lantai\0"),
        (0x0110, 2, b"Test Camera\0"),
        (0x0112, 3, struct.pack(order + "H", orientation)),
        (0x011A, 5, struct.pack(order + "II", 300, 1)),
        (0x011B, 5, struct.pack(order + "II", 300, 1)),
        (0x0128, 3, struct.pack(order + "H", 2)),
        (0x0132, 2, b"2019:03:15 10:11:12\0"),
    ]
    camera: list[tuple[int, int, bytes]] = [
        (0x829A, 5, struct.pack(order + "II", 1, 125)),
        (0x8827, 3, struct.pack(order + "H", 400)),
        (0x9003, 2, b"2019:03:15 10:11:12\0"),
        (0x927C, 7, b"Maker\0" + SERIALS[2]),
        (0xA430, 2, SERIALS[3] + b"\0"),
        (0xA431, 2, SERIALS[0] + b"\0"),
        (0xA434, 2, b"Lens 50mm\0"),
        (0xA435, 2, SERIALS[1] + b"\0"),
    ]
    place: list[tuple[int, int, bytes]] = [
        (1, 2, b"N\0"),
        (2, 5, struct.pack(order + "6I", 30, 1, 15, 1, 30, 1)),
        (3, 2, b"E\0"),
        (4, 5, struct.pack(order + "6I", 114, 1, 20, 1, 0, 1)),
        (0x1B, 7, GPS_TEXT),
    ]
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    pointers = [(0x8769, 4, bytes(4)), (0x8825, 4, bytes(4))]
    at_camera = 8 + len(_directory(image + pointers, 8, order))
    if interop is not None:
        at_rules = at_camera + len(_directory([*camera, (0xA005, 4, bytes(4))], at_camera, order))
        camera = [*camera, (0xA005, 4, struct.pack(order + "I", at_rules))]
    below = _directory(camera, at_camera, order) + (interop or b"")
    at_place = at_camera + len(below)
    wrong = at_camera if exif_at is None else exif_at
    pointers = [(0x8769, 4, struct.pack(order + "I", wrong)), (0x8825, 4, struct.pack(order + "I", at_place))]
    return head + _directory(image + pointers, 8, order) + below + _directory(place, at_place, order)


_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}


def _directory(entries: list[tuple[int, int, bytes]], at: int, order: str) -> bytes:
    start, table, behind = at + 2 + 12 * len(entries) + 4, b"", b""
    for tag, kind, value in sorted(entries):
        table += struct.pack(order + "HHI", tag, kind, len(value) // _SIZES[kind])
        if len(value) <= 4:
            table += value.ljust(4, b"\0")
        else:
            table += struct.pack(order + "I", start + len(behind))
            behind += value + b"\0" * (len(value) % 2)
    return struct.pack(order + "H", len(entries)) + table + bytes(4) + behind


BROKEN = {
    "interoperability of a bad type": block(interop=struct.pack("<HHHII", 1, 1, 282, 4, 0) + bytes(4)),
    "interoperability cut short": block(interop=b"\x05"),
    "camera's directory beyond the end": block(exif_at=1 << 24),
    "camera's directory in the header": block(exif_at=2),
    "cut in the middle": block()[:120],
    "header alone": b"II*\0",
    "noise": bytes(range(256)),
    "a directory that holds itself": block(exif_at=8),
}
"""Blocks that are broken, by what is wrong."""
