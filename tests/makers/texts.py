"""Texts that hurt: for property tests of whatever writes what people typed."""

from hypothesis import strategies as st

_HARD = (
    "",
    " ",
    "]]>",
    "<![CDATA[",
    "&amp;",
    "&#0;",
    "\\u{41}",
    "\\u{5C}u{41}",
    "\\",
    "\\\\u{",
    "\x00",
    "\x1b[0m",
    "\r\n",
    "\t",
    "\x85",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "\ud800",
    "\U0010ffff",
    "𠮷𡈽龘",
    "〔2021〕７号“引”",
    "'\"<>",
    "=SUM(A1)",
    "·・•",
)

any_text = st.lists(st.one_of(st.sampled_from(_HARD), st.text(st.characters(), max_size=8)), max_size=5).map("".join)
"""Any string of Python's, lone surrogates and control characters too."""

filled_text = any_text.filter(bool)
"""The same, never empty."""

sound_text = any_text.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
"""The same, without lone surrogates: what UTF-8 can hold."""
