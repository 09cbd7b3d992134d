"""Where everything lies: keys in a store, names in a package's folder, paths inside the bag.

The only module that spells them; see DESIGN.md, "A package on disk".

    <全宗>/<门类>/<package-id>/                prefix of all versions of a package
      v0001/                                   folder of a version
        <package-id>-v0001.tar                 the bag; <package-id>-v0001 is its one folder at the top
        <package-id>-v0001.index.json          the index, written last
    .lantai-store.json                         the store's identity; names with a dot are the stores' own

What BagIt itself names (`data/`, `bagit.txt`, `manifest-sha256.txt`) has its place in `codecs.bag_*` too, which read
bags of others.
"""

from dataclasses import dataclass

from pipeline.domain.identifiers import VersionNumber

PAYLOAD = "data/"
ORIGINALS = f"{PAYLOAD}original/"
METADATA = "metadata/"
RECORD = f"{METADATA}record.xml"
TECHNICAL = f"{METADATA}technical.json"
ORIGINAL_NAMES = f"{METADATA}original-names.csv"
PREMIS = f"{METADATA}premis.xml"
METS = f"{METADATA}mets.xml"
RECORD_SCHEMA = "schemas/record-1.0.xsd"
README = "说明.txt"
"""What the package is and how to check it, for whoever opens it without a program."""

STORE_IDENTITY = ".lantai-store.json"
_INDEX = ".index.json"
_TAR = ".tar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose folder of a store it is: a package's version by the names of its folders."""

    package_id: str
    version: int


def version_name(version: int) -> str:
    """`v0001`. ValueError for what is no version's number."""
    return str(VersionNumber(number=version))


def package_prefix(fonds: str, category: str, package_id: str) -> str:
    """Key prefix of all versions of a package, with the slash. It is that of version 1 for ever: a category corrected
    later does not part the versions."""
    return f"{fonds}/{category}/{package_id}/"


def version_folder(prefix: str, version: int) -> str:
    """Key prefix of one version, with the slash."""
    return f"{prefix}{version_name(version)}/"


def bag_name(package_id: str, version: int) -> str:
    """`<package-id>-v0001`: the bag's folder, and the stem of the files beside one another."""
    return f"{package_id}-{version_name(version)}"


def tar_name(bag: str) -> str:
    """The tar of a bag."""
    return f"{bag}{_TAR}"


def index_name(bag: str) -> str:
    """The index beside the tar of a bag."""
    return f"{bag}{_INDEX}"


def is_tar(name: str) -> bool:
    """Whether it is a tar's name or key."""
    return name.endswith(_TAR)


def is_index(name: str) -> bool:
    """Whether it is an index's name or key."""
    return name.endswith(_INDEX)


def stem(name: str) -> str:
    """A tar's or index's name or key without its ending: those of one version have it in common."""
    return name.removesuffix(_INDEX).removesuffix(_TAR)


def place_of(key: str) -> Place | None:
    """Whose version an object belongs to, by the names of its folders `…/<package-id>/v0001/`; None where they are
    others."""
    package_id, version = ("", "", *key.split("/")[:-1])[-2:]
    number = version.removeprefix("v")
    if not package_id or number == version or not number.isdecimal():
        return None
    return Place(package_id=package_id, version=int(number))


def is_payload(path: str) -> bool:
    """Whether a path inside the bag is payload and not a tag file."""
    return path.startswith(PAYLOAD)


def is_original(path: str) -> bool:
    """Whether a path inside the bag is that of a file as it came."""
    return path.startswith(ORIGINALS)


def original_path(safe_name: str) -> str:
    """Path inside the bag of a file as it came."""
    return f"{ORIGINALS}{safe_name}"


def original_name(path: str) -> str:
    """The safe name of a file as it came, from its path inside the bag."""
    return path.removeprefix(ORIGINALS)


def derived_path(role: str, safe_name: str) -> str:
    """Path inside the bag of a file made by us; `role` is that of `records.Role`."""
    return f"{PAYLOAD}{role}/{safe_name}"
