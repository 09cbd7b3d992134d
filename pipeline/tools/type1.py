"""Type 1 fonts in a PDF: the number that a program has counted for them becomes one that follows from the font.

LibreOffice numbers its subsets from the start of its process, so that the same document gives other bytes after other
documents. Source: Adobe Type 1 Font Format, 1.1, 5.3 (UniqueID; 4,000,000 and above are free), 7.1 (encryption).
"""

import hashlib
import re

_NUMBER = re.compile(rb"/UniqueID ([0-9]{7}) def")
_FIRST, _HOW_MANY = 4_000_000, 1_000_000
_KEY, _C1, _C2, _MASK = 55665, 52845, 22719, 0xFFFF


def with_own_number(font: bytes, clear: int, locked: int) -> bytes:
    """The font, whose first `clear` bytes are plain and the next `locked` are not, with its number made anew; as it
    is where it has none, or in more digits."""
    head, body, tail = font[:clear], font[clear : clear + locked], font[clear + locked :]
    found = _NUMBER.search(head)
    if found is None:
        return font
    private = decrypted(body)
    zeroed = _NUMBER.sub(b"/UniqueID 0000000 def", head + private + tail)
    number = _FIRST + int.from_bytes(hashlib.sha256(zeroed).digest()[:8], "big") % _HOW_MANY
    told = b"/UniqueID %d def" % number
    return _NUMBER.sub(told, head) + encrypted(_NUMBER.sub(told, private)) + tail


def decrypted(cipher: bytes) -> bytes:
    """The private part of a font, with the four bytes of chance before it."""
    key, plain = _KEY, bytearray()
    for byte in cipher:
        plain.append(byte ^ (key >> 8))
        key = ((byte + key) * _C1 + _C2) & _MASK
    return bytes(plain)


def encrypted(plain: bytes) -> bytes:
    """The private part as a font holds it."""
    key, cipher = _KEY, bytearray()
    for byte in plain:
        cipher.append(byte ^ (key >> 8))
        key = ((cipher[-1] + key) * _C1 + _C2) & _MASK
    return bytes(cipher)
