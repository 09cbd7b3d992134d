"""Numbers written in Chinese characters (汉字数字), as dates, periods and page names have them.

Source: GB/T 15835-2011 出版物上数字用法, and the old forms 廿 and 卅.
"""

import re

_WRITTEN = ("〇零○", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_DIGITS = {char: value for value, chars in enumerate(_WRITTEN) for char in chars}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000}
_OLD = {"廿": "二十", "卅": "三十"}
NUMERALS = "".join((*_DIGITS, *_UNITS, *_OLD))
"""Every character that such a number may have, for a character class of a pattern."""

_PLACED = re.compile(rf"[{''.join(_DIGITS)}]+")
_MOST = 12


def chinese_number(text: str) -> int | None:
    """The number: by places (`二〇一八`) or with units (`三十`, `一百零五`, `廿一`); None where it is none."""
    plain = "".join(_OLD.get(char, char) for char in text)
    if not plain or len(plain) > _MOST:
        return None
    if _PLACED.fullmatch(plain):
        return int("".join(str(_DIGITS[char]) for char in plain))
    total, waiting, last_unit = 0, None, 10_000
    for char in plain:
        if char in _DIGITS:
            if waiting:
                return None
            waiting = _DIGITS[char]
        elif char in _UNITS and _UNITS[char] < last_unit and (waiting != 0 or last_unit < 10_000):
            last_unit = _UNITS[char]
            total += (waiting or 1) * last_unit
            waiting = None
        else:
            return None
    return total + (waiting or 0)
