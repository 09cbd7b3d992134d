"""Personal numbers (公民身份号码, bank accounts) in text: found, and masked wherever people or logs read.

Source of the form: GB 11643-1999: six digits of the district, eight of the birth, three, one check character.
"""

import re
from datetime import date

_DIGIT = "[0-9０-９]"
_CITIZEN = re.compile(rf"(?<!{_DIGIT})(?:{_DIGIT}[ -]?){{17}}[0-9０-９xXｘＸ](?!{_DIGIT})")
_ACCOUNT = re.compile(
    rf"(?<!{_DIGIT})(?:{_DIGIT}{{15,19}}|(?:{_DIGIT}{{4}}[ -]){{3}}{_DIGIT}{{4}}(?:[ -]?{_DIGIT}{{1,3}})?)(?!{_DIGIT})"
)
_SENSITIVE = re.compile(
    # A digest may hold a long run of decimal digits; it is read first and left alone.
    r"(?P<digest>(?<![0-9A-Za-z])(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z]))"
    rf"|(?P<citizen>{_CITIZEN.pattern})"
    rf"|(?P<account>{_ACCOUNT.pattern})"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_NARROW = {0xFF10 + digit: str(digit) for digit in range(10)} | {ord("Ｘ"): "X", ord("ｘ"): "X", ord("x"): "X"}
_KEPT_HEAD, _KEPT_TAIL = 3, 2


def citizen_numbers(text: str) -> tuple[str, ...]:
    """What in `text` is a citizen's number, as it stands there.

    Eighteen characters with a birth date that can be count, even with a wrong check character (a slip of the
    typist names the same person); with blanks or hyphens between them the check character must be right too.
    """
    return tuple(m.group() for m in _CITIZEN.finditer(text) if _is_citizen_number(m.group()))


def mask(text: str) -> str:
    """The text with citizens' numbers (18 or 15 digits) and account numbers (16 to 19) made unreadable.

    The first three and last two characters stay, so that a person can find the place. Runs that begin with a
    date of these two centuries (`IMG_20190315123045123`) are times, and stay.
    """
    return _SENSITIVE.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    found = match.group()
    if match["digest"]:
        return found
    plain = _narrow(found)
    if match["citizen"] and _is_citizen_number(found):
        return _starred(found)
    if len(plain) == 15:
        return _starred(found) if _is_date(f"19{plain[6:12]}") else found
    runs_like_time = plain == found and plain[:2] in {"19", "20"} and _is_date(plain[:8])
    return _starred(found) if _ACCOUNT.fullmatch(found) and not runs_like_time else found


def _starred(found: str) -> str:
    return found[:_KEPT_HEAD] + "*" * (len(found) - _KEPT_HEAD - _KEPT_TAIL) + found[-_KEPT_TAIL:]


def _narrow(found: str) -> str:
    return found.translate(_NARROW).replace(" ", "").replace("-", "")


def _is_citizen_number(found: str) -> bool:
    plain = _narrow(found)
    if plain[0] == "0" or plain[6:8] not in {"18", "19", "20"} or not _is_date(plain[6:14]):
        return False
    return len(found) == 18 or _check_character(plain) == plain[17]


def _check_character(plain: str) -> str:
    """GB 11643-1999, 4.2.4: ISO 7064 MOD 11-2."""
    return _CHECK_CHARACTERS[sum(w * int(d) for w, d in zip(_WEIGHTS, plain[:17], strict=True)) % 11]


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True
