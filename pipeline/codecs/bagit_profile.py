"""BagIt profiles: read from JSON, and a bag's contents held against one.

Source: BagIt Profiles Specification 1.4.0. Profiles are read from local files, never from the network. The bag
itself is validated apart (RFC 8493); here is only what the two sides agreed on besides.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.codecs.bag_info import values
from pipeline.codecs.bag_text import shown
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message, told_by_program, why
from pipeline.errors import ProfileError
from pipeline.tools.typed_json import from_json

LANTAI_PROFILE = "urn:lantai:bagit-profile:1.0"
"""Identifier of the profile that our packages conform to; the file is `profiles/packages/lantai-bagit-profile.json`."""

_OWN_NAMES = re.compile(r"bagit\.txt|bag-info\.txt|fetch\.txt|(tag)?manifest-[^/]+\.txt", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BagContents:
    """What a profile asks about. `payload` holds (path, size); `serialization` is a media type, empty for a folder."""

    version: str
    info: tuple[tuple[str, str], ...] = ()
    manifests: tuple[str, ...] = ()
    tag_manifests: tuple[str, ...] = ()
    tag_files: tuple[str, ...] = ()
    payload: tuple[tuple[str, int], ...] = ()
    fetch: bool = False
    serialization: str = ""


class TagRule(msgspec.Struct, frozen=True):
    """A row of `Bag-Info`."""

    required: bool = False
    values: tuple[str, ...] | None = None
    repeatable: bool = True
    recommended: bool = False
    description: str = ""


class ProfileInfo(msgspec.Struct, frozen=True, rename=lambda name: name.replace("_", "-")):
    """`BagIt-Profile-Info`; `BagIt-Profile-Version` is 1.1.0 where it is absent."""

    Source_Organization: str
    External_Description: str
    Version: str
    BagIt_Profile_Identifier: str
    BagIt_Profile_Version: str = "1.1.0"
    Contact_Name: str = ""
    Contact_Phone: str = ""
    Contact_Email: str = ""


class BagitProfile(msgspec.Struct, frozen=True, rename=lambda name: name.replace("_", "-").replace("-txt", ".txt")):
    """A profile; names and defaults are those of the specification."""

    BagIt_Profile_Info: ProfileInfo
    Accept_BagIt_Version: tuple[str, ...]
    Bag_Info: dict[str, TagRule] = {}
    Manifests_Required: tuple[str, ...] = ()
    Manifests_Allowed: tuple[str, ...] | None = None
    Tag_Manifests_Required: tuple[str, ...] = ()
    Tag_Manifests_Allowed: tuple[str, ...] | None = None
    Tag_Files_Required: tuple[str, ...] = ()
    Tag_Files_Allowed: tuple[str, ...] = ("*",)
    Payload_Files_Required: tuple[str, ...] = ()
    Payload_Files_Allowed: tuple[str, ...] = ("*",)
    Allow_Fetch_txt: bool = True
    Fetch_txt_Required: bool = False
    Data_Empty: bool = False
    Serialization: str = "optional"
    Accept_Serialization: tuple[str, ...] = ()

    @property
    def identifier(self) -> str:
        """The URI that bags name in `BagIt-Profile-Identifier`."""
        return self.BagIt_Profile_Info.BagIt_Profile_Identifier


def load_bagit_profile(path: Path) -> BagitProfile:
    """The profile in a file. Raises ProfileError naming the file and what contradicts what."""
    try:
        profile = from_json(path.read_bytes(), BagitProfile)
    except (OSError, msgspec.DecodeError) as error:
        raise ProfileError(message("table_unreadable", reason=why(error)), file=str(path)) from error
    if faults := tuple(_contradictions(profile)):
        raise ProfileError(message("profile_contradicts", faults=tuple(map(told_by_program, faults))), file=str(path))
    return profile


def _contradictions(profile: BagitProfile) -> Iterator[str]:
    if not profile.Accept_BagIt_Version:
        yield "Accept-BagIt-Version names no version"
    if profile.Serialization not in {"forbidden", "required", "optional"}:
        yield f"Serialization is forbidden, required or optional, not {profile.Serialization!r}"
    if profile.Serialization == "required" and not profile.Accept_Serialization:
        yield "Accept-Serialization names no media type"
    if profile.Fetch_txt_Required and not profile.Allow_Fetch_txt:
        yield "fetch.txt is both required and not allowed"
    if any(label.casefold() == "bagit-profile-identifier" for label in profile.Bag_Info):
        yield "Bag-Info must not list BagIt-Profile-Identifier"
    pairs = (
        ("Manifests", profile.Manifests_Required, profile.Manifests_Allowed),
        ("Tag-Manifests", profile.Tag_Manifests_Required, profile.Tag_Manifests_Allowed),
    )
    for name, required, allowed in pairs:
        if allowed is not None and not set(required) <= set(allowed):
            yield f"{name}-Allowed does not hold all of {name}-Required"
    globs = (
        ("Tag-Files", profile.Tag_Files_Required, profile.Tag_Files_Allowed),
        ("Payload-Files", profile.Payload_Files_Required, profile.Payload_Files_Allowed),
    )
    for name, files, patterns in globs:
        uncovered = [f for f in files if not _allowed(f + "*" if f.endswith("/") else f, patterns)]
        if uncovered:
            yield f"{name}-Allowed does not cover {', '.join(uncovered)}"


def check_bagit_profile(bag: BagContents, profile: BagitProfile) -> tuple[Finding, ...]:
    """Every way in which the bag departs from the profile; empty where it conforms.

    A version or serialisation that is not accepted ends the check (the specification calls both fatal).
    """
    fatal = (*_version(bag, profile), *_serialization(bag, profile))
    if fatal:
        return fatal
    return (
        *_info(bag, profile),
        *_names("manifest", bag.manifests, profile.Manifests_Required, profile.Manifests_Allowed),
        *_names("tagmanifest", bag.tag_manifests, profile.Tag_Manifests_Required, profile.Tag_Manifests_Allowed),
        *_tag_files(bag, profile),
        *_payload(bag, profile),
        *_fetch(bag, profile),
    )


def _version(bag: BagContents, profile: BagitProfile) -> Iterator[Finding]:
    if bag.version not in profile.Accept_BagIt_Version:
        yield finding(
            "bag_profile_version", "bagit.txt", found=bag.version, accepted=", ".join(profile.Accept_BagIt_Version)
        )


def _serialization(bag: BagContents, profile: BagitProfile) -> Iterator[Finding]:
    serialized = bool(bag.serialization)
    refused = serialized and bag.serialization not in profile.Accept_Serialization
    wrong = {"required": not serialized or refused, "forbidden": serialized, "optional": refused}
    if wrong[profile.Serialization]:
        yield finding("bag_profile_serialization", "bag", found=bag.serialization or "-", rule=profile.Serialization)


def _info(bag: BagContents, profile: BagitProfile) -> Iterator[Finding]:
    if profile.identifier not in values(bag.info, "BagIt-Profile-Identifier"):
        yield finding("bag_profile_not_named", "bag-info.txt", profile=profile.identifier)
    for label, rule in profile.Bag_Info.items():
        found = values(bag.info, label)
        if rule.required and not any(found):
            yield finding("bag_profile_tag_missing", "bag-info.txt", label=label)
        if not rule.repeatable and len(found) > 1:
            yield finding("bag_profile_tag_repeated", "bag-info.txt", label=label)
        for value in found:
            if rule.values is not None and value not in rule.values:
                yield finding("bag_profile_tag_value", "bag-info.txt", label=label, value=value)


def _names(
    kind: str, found: Iterable[str], required: tuple[str, ...], allowed: tuple[str, ...] | None
) -> Iterator[Finding]:
    here = set(found)
    for name in sorted(set(required) - here):
        yield finding("bag_profile_file_missing", f"{kind}-{name}.txt")
    for name in sorted(here - set(allowed)) if allowed is not None else ():
        yield finding("bag_profile_file_not_allowed", f"{kind}-{name}.txt")


def _tag_files(bag: BagContents, profile: BagitProfile) -> Iterator[Finding]:
    here = set(bag.tag_files)
    for path in sorted(set(profile.Tag_Files_Required) - here):
        yield finding("bag_profile_file_missing", path)
    for path in bag.tag_files:
        if not _OWN_NAMES.fullmatch(path) and not _allowed(path, profile.Tag_Files_Allowed):
            yield finding("bag_profile_file_not_allowed", shown(path))


def _payload(bag: BagContents, profile: BagitProfile) -> Iterator[Finding]:
    paths = {path for path, _ in bag.payload}
    for wanted in profile.Payload_Files_Required:
        if not (any(p.startswith(wanted) for p in paths) if wanted.endswith("/") else wanted in paths):
            yield finding("bag_profile_file_missing", wanted)
    for path, _ in bag.payload:
        if not _allowed(path, profile.Payload_Files_Allowed):
            yield finding("bag_profile_file_not_allowed", shown(path))
    if profile.Data_Empty and (len(bag.payload) > 1 or any(size for _, size in bag.payload)):
        yield finding("bag_profile_data_not_empty", "data")


def _fetch(bag: BagContents, profile: BagitProfile) -> Iterator[Finding]:
    if bag.fetch and not profile.Allow_Fetch_txt:
        yield finding("bag_profile_file_not_allowed", "fetch.txt")
    if not bag.fetch and profile.Fetch_txt_Required:
        yield finding("bag_profile_file_missing", "fetch.txt")


def _allowed(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern covers the path; `*` is any run of characters, also over `/` (`data/*` covers all below)."""
    plain = unicodedata.normalize("NFC", path)
    return any(re.fullmatch(".*".join(map(re.escape, p.split("*"))), plain, re.DOTALL) for p in patterns)
