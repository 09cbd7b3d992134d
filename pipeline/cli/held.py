"""What waits, for people and for machines: delivery by delivery, each record with its reasons and the remedy."""

from collections.abc import Iterable
from itertools import groupby

from pipeline.cli.console import Console
from pipeline.domain.findings import Finding, Severity
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.visible import visible
from pipeline.ports import HeldRecord, Register
from pipeline.profiles import DEFAULT_PROFILE, Profile, load_profile
from pipeline.texts import BOTH, Language, all_texts


def show_held(console: Console, held: Iterable[HeldRecord], register: Register) -> None:
    """Prints what waits, by delivery; of a delivery first what belongs to no record. Where a package of the same code
    is in the register, that is said, too."""
    profile = load_profile(DEFAULT_PROFILE)
    waiting = sorted(held, key=lambda each: (each.delivery, each.folder, each.row, each.package_id))
    for (name, folder), some in groupby(waiting, key=lambda each: (each.delivery, each.folder)):
        console.say(*[f"{name}  {folder}".rstrip()] * 2)
        for each in some:
            zh, en = (_head(each, lang) for lang in BOTH)
            console.say(f"  {zh}", f"  {en}")
            for found in _told(each.findings, profile):
                console.say(f"    {_line(found, 'zh')}", f"    {_line(found, 'en')}")
            if register.versions(each.package_id):
                said = message("code_is_stored")
                zh, en = (f"    {all_texts().say(said, lang)}" for lang in BOTH)
                console.say(zh, en)


def texts_of_held(held: Iterable[HeldRecord]) -> list[dict[str, str]]:
    """Every finding of what waits with both sentences, once."""
    found = dict.fromkeys(finding for each in held for finding in each.findings)
    return [
        {
            "code": each.code,
            "record": each.record,
            "subject": mask(each.subject),
            "row": str(each.row or ""),
            "zh": _line(each, "zh"),
            "en": _line(each, "en"),
        }
        for each in found
    ]


def _head(held: HeldRecord, lang: Language) -> str:
    state = all_texts().word(held.state, lang)
    if not held.package_id:
        return {"zh": "整批的问题", "en": "of the delivery as a whole"}[lang]
    row = {"zh": f"第 {held.row} 行", "en": f"row {held.row}"}[lang] if held.row else ""
    return "  ".join(part for part in (row, held.archival_code, visible(held.title), f"[{state}]") if part)


def _told(findings: tuple[Finding, ...], profile: Profile) -> tuple[Finding, ...]:
    """Why it waits; what else was noted of it stands behind, but no mere notes."""
    order = (Severity.ERROR, Severity.QUESTION, Severity.WARNING)
    return tuple(f for severity in order for f in dict.fromkeys(findings) if profile.severity(f.code) is severity)


def _line(finding: Finding, lang: Language) -> str:
    texts = all_texts()
    return visible(" ".join(part for part in (texts.sentence(finding, lang), texts.remedy(finding, lang)) if part))
