"""What validating a bag ends with, and what each finding does to the result."""

from dataclasses import dataclass, field
from enum import Enum, auto

from pipeline.codecs.bagit_profile import BagContents
from pipeline.domain import verdicts
from pipeline.domain.digests import Digest
from pipeline.domain.findings import Finding


class Effect(Enum):
    """What a finding does to the two results of RFC 8493, 3."""

    INCOMPLETE = auto()
    """Neither complete nor valid: something required is not there, or not as it must be."""
    INVALID = auto()
    """Not valid."""
    UNTOLD = auto()
    """There, but it could not be told whether it is valid."""
    UNSEEN = auto()
    """Could not be looked at: not known to be complete, and not told whether valid."""
    NOTED = auto()
    """Told, nothing more."""


EFFECTS = {
    "bag_algorithm_unknown": Effect.UNTOLD,
    "bag_blank_line": Effect.NOTED,
    "bag_bom": Effect.INCOMPLETE,
    "bag_declaration_malformed": Effect.INCOMPLETE,
    "bag_digest_differs": Effect.INVALID,
    "bag_digest_malformed": Effect.INCOMPLETE,
    "bag_directory_listed": Effect.INCOMPLETE,
    "bag_dot_path": Effect.NOTED,
    "bag_duplicate_entry": Effect.INCOMPLETE,
    "bag_empty_folder": Effect.NOTED,
    "bag_encoding_unknown": Effect.UNSEEN,
    "bag_fetch_unlisted": Effect.INCOMPLETE,
    "bag_folder_unreadable": Effect.UNSEEN,
    "bag_info_line_malformed": Effect.INCOMPLETE,
    "bag_info_repeated": Effect.NOTED,
    "bag_line_malformed": Effect.INCOMPLETE,
    "bag_md5sum_style": Effect.NOTED,
    "bag_missing_file": Effect.INCOMPLETE,
    "bag_name_not_portable": Effect.NOTED,
    "bag_name_other_form": Effect.NOTED,
    "bag_names_alike": Effect.NOTED,
    "bag_no_declaration": Effect.INCOMPLETE,
    "bag_no_manifest": Effect.INCOMPLETE,
    "bag_no_payload_folder": Effect.INCOMPLETE,
    "bag_not_payload": Effect.INCOMPLETE,
    "bag_not_utf8": Effect.NOTED,
    "bag_oxum_differs": Effect.INCOMPLETE,
    "bag_oxum_malformed": Effect.INCOMPLETE,
    "bag_oxum_repeated": Effect.INCOMPLETE,
    "bag_percent_not_encoded": Effect.NOTED,
    "bag_special_file": Effect.INCOMPLETE,
    "bag_symlink": Effect.INCOMPLETE,
    "bag_system_file": Effect.NOTED,
    "bag_tag_file_too_large": Effect.UNSEEN,
    "bag_tagmanifest_entry": Effect.INCOMPLETE,
    "bag_tagmanifest_incomplete": Effect.INCOMPLETE,
    "bag_to_be_fetched": Effect.INCOMPLETE,
    "bag_tolerated": Effect.NOTED,
    "bag_undecodable": Effect.INCOMPLETE,
    "bag_unlisted_file": Effect.INCOMPLETE,
    "bag_unlisted_tag_file": Effect.NOTED,
    "bag_unreadable": Effect.UNTOLD,
    "bag_unsafe_path": Effect.INCOMPLETE,
    "bag_version_unknown": Effect.UNSEEN,
}
"""Every code that validation can end with."""

_AS_RESULT = {
    Effect.INCOMPLETE: verdicts.Effect.FAILS,
    Effect.INVALID: verdicts.Effect.FAILS,
    Effect.UNTOLD: verdicts.Effect.UNTOLD,
    Effect.UNSEEN: verdicts.Effect.UNTOLD,
    Effect.NOTED: verdicts.Effect.NOTED,
}
RESULT_EFFECTS = {code: _AS_RESULT[effect] for code, effect in EFFECTS.items()}
"""What each code does to the result of a check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BagFile:
    """A payload file. `path` is as on disk, bytes that are not UTF-8 as surrogate escapes; `digests` were computed
    here, by the algorithms of the manifests that list it as far as we name them."""

    path: str
    size: int
    digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BagReport:
    """Result for one bag.

    `complete` is true only where completeness was seen. `valid` is None where it could not be told: a file that
    cannot be read, an algorithm this Python lacks, a version or encoding we do not know. `version` is empty where
    `bagit.txt` does not say. `contents` is what a BagIt profile is checked against.
    """

    complete: bool
    valid: bool | None
    findings: tuple[Finding, ...]
    version: str
    payload: tuple[BagFile, ...] = ()
    contents: BagContents = field(default_factory=lambda: BagContents(version=""))


def report(
    findings: list[Finding], *, version: str, payload: tuple[BagFile, ...] = (), contents: BagContents
) -> BagReport:
    """The report that the findings amount to. A code without a known effect is our own fault (KeyError)."""
    effects = {EFFECTS[each.code] for each in findings}
    valid: bool | None = True
    if effects & {Effect.INCOMPLETE, Effect.INVALID}:
        valid = False
    elif effects & {Effect.UNTOLD, Effect.UNSEEN}:
        valid = None
    return BagReport(
        complete=not effects & {Effect.INCOMPLETE, Effect.UNSEEN},
        valid=valid,
        findings=tuple(findings),
        version=version,
        payload=payload,
        contents=contents,
    )
