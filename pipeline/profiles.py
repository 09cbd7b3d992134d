"""Profiles: the rules of one kind of delivery, as validated data from `profiles/<name>.toml`.

A profile says how a delivery is laid out, what its catalogue's headers are called, which limits hold, what is
normalised and how grave each finding is. It holds no command line and no branching.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.domain.digests import Algorithm
from pipeline.domain.findings import Severity
from pipeline.domain.messages import Invalid, message, told_by_program
from pipeline.elements import element_rows
from pipeline.errors import ProfileError
from pipeline.shipped import shipped
from pipeline.toml_tables import converted, merged, read_toml

PROFILES = shipped("profiles")
"""The folder of data that comes with the program."""

DEFAULT_PROFILE = "county"
IDENTITY = frozenset({"archival_code", "fonds", "category", "files"})
"""What a catalogue can say of a record besides its elements: what identifies it, and which files are its."""
CLASSIFIED = ("绝密", "机密", "秘密")
"""密级 of state secrets, where a profile says nothing of them."""
_MOST_EXTENDS = 10
_ONLY_TOLD = dict.fromkeys(
    (
        "derived_copy_missing", "copies_would_be_lost", "facts_not_read", "folder_taken_by_path",
        "record_in_several_folders", "archive_in_record", "further_table",
    ),
    Severity.WARNING,
)  # fmt: skip
"""Findings of a profile that does not grade them which keep no record back: the originals are there, and
profiles that were written before there were such findings go on as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRules:
    """How a delivery (移交批次) is laid out.

    `headers` maps our field names to the header cells that mean them, compared after `normalise_header`.
    `flat_pattern` has groups `code` and `page` and is matched against whole names under the files' folder;
    `page_pattern` has a group `page` and is matched against a name without its extension. What says `classified` in the
    column 密级 is not taken in; `not_classified` are words that hold one of those and mean no state secret.
    `synonyms` are further header cells, the best first, whose match is told; `stand_ins` are fields that may stand for
    the archival code where no column has it; `periods` are retention periods as typed with what they mean, empty where
    a person must say; `passed_rows` begin rows that sum up or sign and are no records. `page_words` are words of names
    in the order of a volume, each with its synonyms, the empty one standing for pages by number; `reverse_words` mark
    the back of a leaf, `copy_words` a copy.
    `ignored_names` are passed over beside the records, `system_names` everywhere: nobody wrote them. `further_tables`
    are tables that belong to the delivery and to no record; `archives` are names of files in which others are packed.
    """

    catalogues: tuple[str, ...]
    files_folder: str
    flat_pattern: str
    page_pattern: str
    required: tuple[str, ...]
    headers: dict[str, tuple[str, ...]]
    ignored_names: tuple[str, ...]
    classified: tuple[str, ...] = CLASSIFIED
    not_classified: tuple[str, ...] = ()
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stand_ins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    periods: dict[str, str] = field(default_factory=dict)
    passed_rows: tuple[str, ...] = ()
    page_words: tuple[tuple[str, ...], ...] = ()
    reverse_words: tuple[str, ...] = ()
    copy_words: tuple[str, ...] = ()
    default_fonds: str = ""
    default_category: str = "QT"
    system_names: tuple[str, ...] = ()
    further_tables: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for pattern, groups in ((self.flat_pattern, {"code", "page"}), (self.page_pattern, {"page"})):
            if not groups <= _groups(pattern):
                raise Invalid(message("pattern_groups", pattern=pattern, groups=", ".join(sorted(groups))))
        known = IDENTITY | {row.element for row in element_rows()}
        fields = {*self.headers, *self.synonyms, *self.stand_ins, *self.required}
        unknown = fields.union(*self.stand_ins.values()) - known
        if unknown:
            raise Invalid(message("elements_unknown", names=", ".join(sorted(unknown)), known=", ".join(sorted(known))))


def _groups(pattern: str) -> set[str]:
    try:
        return set(re.compile(pattern).groupindex)
    except re.error as error:
        raise Invalid(message("no_pattern", pattern=pattern, reason=told_by_program(error))) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Ceilings against hostile or broken input; sizes in bytes, times in seconds."""

    max_files: int = 5_000_000
    max_rows: int = 1_000_000
    max_catalogue_bytes: int = 200 * 2**20
    max_list_bytes: int = 2**30
    max_file_bytes: int = 2 * 2**40
    max_depth: int = 40
    max_path_bytes: int = 4096
    max_pixels: int = 1_000_000_000
    max_frames: int = 20_000
    max_derived_bytes: int = 2**36
    seconds_per_file: float = 120.0
    seconds_per_mib: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRules:
    """What a category (档案门类) does with its images: `pages` (one PDF in page order) or `photos` (a copy each)."""

    images: str = "pages"

    def __post_init__(self) -> None:
        if self.images not in {"pages", "photos"}:
            raise Invalid(message("policy_images_unknown", given=self.images))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One profile. `digests` are those of the manifests (SHA-256 always among them); `normalise` false keeps
    originals only; `policy` names the table in `profiles/formats/`; `severities` by finding code;
    `positions_in_copies` leaves in copies of photos where they were taken (GPS) and the camera's serial numbers."""

    name: str
    title_zh: str
    title_en: str
    delivery: DeliveryRules
    limits: Limits = Limits()
    digests: tuple[Algorithm, ...] = (Algorithm.SHA256,)
    normalise: bool = True
    positions_in_copies: bool = False
    policy: str = "county"
    categories: dict[str, CategoryRules] = field(default_factory=dict)
    severities: dict[str, Severity] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if Algorithm.SHA256 not in self.digests:
            raise Invalid(message("digests_need_sha256"))

    def images_of(self, category: str) -> str:
        """`pages` or `photos` for a category; pages where the profile does not say."""
        return self.categories.get(category, CategoryRules()).images

    def severity(self, code: str) -> Severity:
        """How grave a finding is; an unknown code is an error, so that nothing passes unseen."""
        return self.severities.get(code, _ONLY_TOLD.get(code, Severity.ERROR))


def load_profile(name: str, *, folder: Path = PROFILES) -> Profile:
    """The profile `name` from `folder`, or from a path that ends in `.toml`.

    What it `extends` is a name, or a path from its own folder. Raises ProfileError naming the file and what is
    wrong in it.
    """
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    return converted(_extended(path, folder, ()), Profile, path)


def _extended(path: Path, folder: Path, below: tuple[Path, ...]) -> dict[str, Any]:
    """The file's data laid on what it extends."""
    if path in below or len(below) > _MOST_EXTENDS:
        chain = " → ".join(str(each) for each in (*below, path))
        raise ProfileError(message("profiles_in_a_circle", chain=chain), file=str(path))
    try:
        data = read_toml(path)
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in folder.glob("*.toml")))
        raise ProfileError(message("no_such_profile", known=known), file=str(path)) from None
    parent = data.pop("extends", None)
    if parent is None:
        return data
    parent_path = path.parent / str(parent) if str(parent).endswith(".toml") else folder / f"{parent}.toml"
    base = _extended(parent_path, folder, (*below, path))
    converted(base, Profile, parent_path)
    return merged(_without_headers_of(data, base), data)


def _without_headers_of(data: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """What is extended, without the headers that the file gives to another element: there they mean that one alone."""
    base = {**base, "delivery": dict(base.get("delivery", {}))}
    for table in ("headers", "synonyms"):
        own = data.get("delivery", {}).get("headers", {})
        given = {header for headers in own.values() if isinstance(headers, list) for header in headers}
        kept = base["delivery"].get(table, {})
        base["delivery"][table] = {
            name: [header for header in headers if header not in given] for name, headers in kept.items()
        }
    return base
