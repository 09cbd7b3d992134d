"""Identifiers: archival code (档号), fonds number (全宗号), category (档案门类), package and version.

Names of files are in `names`.
"""

import re
import unicodedata
from dataclasses import dataclass

from pipeline.domain.messages import Invalid, message

_DOT_LOOKALIKES = "・•‧∙⋅･●．᛫⸱"
_DASH_LOOKALIKES = "‐‑‒–—―−－﹣"
_CATEGORY = re.compile(r"^[A-Z]{2}$")
_YEAR = re.compile(r"^(?:1[89]|20)\d\d$", re.ASCII)
_RETENTION = re.compile(r"^(?:Y|D\d{1,3})$", re.ASCII)
_NORMAL = re.compile(r"[A-Za-z0-9·_-]*")


def normalise_code(text: str) -> str:
    """What a typist meant: full-width letters and digits made narrow, look-alike dots and dashes made `·` and `-`,
    blanks taken out, NFC. Chinese characters are left as they are (NFKC would change rare ones)."""
    if _NORMAL.fullmatch(text):  # nearly every code of a catalogue, several times each
        return text
    out = []
    for char in unicodedata.normalize("NFC", text):
        if char in _DOT_LOOKALIKES:
            out.append("·")
        elif char in _DASH_LOOKALIKES:
            out.append("-")
        elif char.isspace() or unicodedata.category(char) == "Cf":
            continue
        elif "！" <= char <= "～":
            out.append(chr(ord(char) - 0xFEE0))
        else:
            out.append(char)
    return unicodedata.normalize("NFC", "".join(out))


def loose_code(text: str) -> str:
    """What two codes have in common that a person would call the same when looking for one: case, ASCII dots for `·`
    and underscores for `-` do not matter. Only for looking up; two records may well differ in no more."""
    return normalise_code(text).casefold().replace(".", "·").replace("。", "·").replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivalCode:
    """档号 (DA/T 13-2022): unique inside an archives, never changed once given (4.1, 4.3).

    `value` is the normalised form; use `parse` for what somebody typed. Structure by
    DA/T 13-2022: fonds `-` series (elements joined by `·`) `-` file `-` item.
    """

    value: str

    def __post_init__(self) -> None:
        if not self.value:
            raise Invalid(message("code_empty"))
        if self.value != normalise_code(self.value):
            raise Invalid(message("code_not_normal", code=self.value))
        if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} for c in self.value):
            raise Invalid(message("code_control_characters"))
        if "/" in self.value or "\\" in self.value or self.value.startswith("."):
            raise Invalid(message("code_slash_or_dot"))
        if len(self.value.encode()) > 180:
            raise Invalid(message("code_too_long"))

    @classmethod
    def parse(cls, text: str) -> "ArchivalCode":
        """From what somebody typed; Invalid says which rule it breaks."""
        return cls(value=normalise_code(text))

    @property
    def fonds(self) -> str:
        """全宗号: the first part, or an empty string where the code has one part only."""
        head, dash, _ = self.value.partition("-")
        return head if dash else ""

    @property
    def category(self) -> str:
        """档案门类代码 (WS, ZY, ZP, LY, LX …), or an empty string where the code names none."""
        parts = self.value.split("-")
        head = parts[1].split("·")[0] if len(parts) > 1 else ""
        return head if _CATEGORY.match(head) else ""

    @property
    def year(self) -> str:
        """年度: four digits, or an empty string where the code names none."""
        return next((part for part in self._inner() if _YEAR.match(part)), "")

    @property
    def retention(self) -> str:
        """保管期限代码 (`Y`, `D30`), or an empty string where the code names none."""
        return next((part for part in self._inner() if _RETENTION.match(part)), "")

    def _inner(self) -> list[str]:
        """The parts between fonds and number, of levels and inside them (DA/T 13-2022; DA/T 22-2015, 5.4)."""
        return re.split("[-·]", self.value)[1:-1]


_PACKAGE_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|=%~]')


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageId:
    """Identifier of a package (信息包): the archival code in a form that every file system takes.

    Characters that some system refuses stand as `=XX` (UTF-8 bytes), so that different codes never meet
    and the code can be read back.
    """

    value: str

    def __post_init__(self) -> None:
        if not self.value or _PACKAGE_UNSAFE.search(re.sub(r"=[0-9A-F]{2}", "", self.value)):
            raise Invalid(message("no_package_id", value=self.value))
        if self.value in {".", ".."} or self.value.startswith(".") or len(self.value.encode()) > 200:
            raise Invalid(message("no_package_id", value=self.value))

    @classmethod
    def of(cls, code: ArchivalCode) -> "PackageId":
        """The identifier that belongs to an archival code."""
        value = _PACKAGE_UNSAFE.sub(lambda m: "".join(f"={b:02X}" for b in m.group().encode()), code.value)
        return cls(value=value.removesuffix(".") + "=2E" if value.endswith(".") else value)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class VersionNumber:
    """Version of a package, from 1; given only to what has been accepted."""

    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 9999:
            raise Invalid(message("no_version_number", value=self.number))

    def __str__(self) -> str:
        return f"v{self.number:04d}"
