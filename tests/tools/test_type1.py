"""The number of a font follows from the font, and from nothing else."""

from pipeline.tools import type1

HEAD = b"%!FontType1-1.0: A\n/FontName /A def\n/UniqueID {} def\neexec\n"
PRIVATE = b"abcddup /Private\n/UniqueID {} def\n/CharStrings \x00\x01\xff"


def font(number: bytes, letter: bytes = b"A") -> tuple[bytes, int, int]:
    head = HEAD.replace(b"{}", number).replace(b"/A", b"/" + letter)
    private = type1.encrypted(PRIVATE.replace(b"{}", number))
    return head + private + b"0" * 64, len(head), len(private)


def test_fonts_that_differ_by_their_number_alone_become_the_same() -> None:
    one, two = (type1.with_own_number(*font(number)) for number in (b"4100001", b"4100003"))
    assert one == two and len(one) == len(font(b"4100001")[0]) and type1.with_own_number(*font(b"4100001", b"B")) != one


def test_both_places_have_the_same_number() -> None:
    raw, clear, encrypted = font(b"4100001")
    told = type1.with_own_number(raw, clear, encrypted)
    number = told[:clear].split(b"/UniqueID ")[1][:7]
    assert 4_000_000 <= int(number) < 5_000_000
    assert type1.decrypted(told[clear : clear + encrypted]) == PRIVATE.replace(b"{}", number)


def test_a_font_without_number_stays() -> None:
    assert type1.with_own_number(b"%!FontType1\n", 12, 0) == b"%!FontType1\n"
