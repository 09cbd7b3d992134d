import hashlib
import os
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipeline.checks.bag import BagReport, validate_bag
from pipeline.domain.digests import Algorithm
from pipeline.errors import UsageError

SUITE = Path(__file__).parents[2] / "fixtures" / "bagit-conformance-suite.tar.gz"
AS_ROOT = os.geteuid() == 0

# What the suite calls "warning" is judged here case by case: three of the six list files that it does not hold.
WARNINGS = {
    "duplicate-file-with-different-case": (False, {"bag_missing_file", "bag_names_alike"}),
    "made-with-md5sum-tools": (True, {"bag_md5sum_style"}),
    "relative-path": (True, {"bag_dot_path"}),
    "same-filename-listed-twice-with-different-normalization": (False, {"bag_missing_file", "bag_names_alike"}),
    "same-filename-listed-twice-with-the-same-hash": (True, {"bag_tolerated"}),
    "special-system-files": (False, {"bag_missing_file", "bag_system_file"}),
}
INVALID = {
    "baginfo-missing-encoding": {"bag_declaration_malformed"},
    "bom-in-bagit.txt": {"bag_bom"},
    "corrupt-data-file": {"bag_digest_differs", "bag_oxum_differs"},
    "corrupt-tag-file": {"bag_digest_differs"},
    "extra-file-in-bag": {"bag_unlisted_file", "bag_oxum_differs"},
    "invalid-version-number": {"bag_declaration_malformed"},
    "missing-baginfo": {"bag_missing_file"},
    "missing-bagit.txt": {"bag_no_declaration"},
    "out-of-scope-file-paths-using-dot-notation": {"bag_unsafe_path", "bag_not_payload"},
    "out-of-scope-file-paths-using-dot-notation-for-fetch": {"bag_unsafe_path"},
    "same-filename-listed-twice-with-different-hashes": {"bag_duplicate_entry"},
    "bagit-with-invalid-whitespace": {"bag_declaration_malformed"},
    "notAllManifestsListAllFiles": {"bag_unlisted_file"},
    "same-filename-listed-twice-with-the-same-hash": {"bag_duplicate_entry"},
}


def codes(report: BagReport) -> set[str]:
    return {each.code for each in report.findings}


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("suite")
    with tarfile.open(SUITE) as tar:
        tar.extractall(root, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return root / "conformance-suite"


def cases(category: str) -> list[str]:
    """Paths of the suite's bags in a category, read from its archive."""
    with tarfile.open(SUITE) as tar:
        names = [member.name.split("/") for member in tar]
    return sorted({"/".join(parts[1:4]) for parts in names if len(parts) > 4 and parts[2] == category})


def test_the_suite_is_whole() -> None:
    counts = {c: len(cases(c)) for c in ("valid", "invalid", "warning", "linux-only", "windows-only")}
    assert counts == {"valid": 27, "invalid": 15, "warning": 6, "linux-only": 6, "windows-only": 6}


@pytest.mark.parametrize("case", cases("valid"))
def test_valid_bags_of_the_suite(suite: Path, case: str) -> None:
    report = validate_bag(suite / case)
    assert (report.complete, report.valid) == (True, True), report.findings
    assert case.startswith(f"v{report.version}/")


@pytest.mark.parametrize("case", cases("invalid"))
def test_invalid_bags_of_the_suite(suite: Path, case: str) -> None:
    report = validate_bag(suite / case)
    assert report.valid is False
    expected = INVALID[case.rsplit("/", 1)[1]]
    if case == "v1.0/invalid/same-filename-listed-twice-with-different-hashes":
        expected = {"bag_declaration_malformed"}  # a blank behind its version: never reaches the manifests
    assert expected <= codes(report)


@pytest.mark.parametrize("case", cases("linux-only") + cases("windows-only"))
def test_paths_that_lead_out_are_refused_whatever_the_system(suite: Path, case: str) -> None:
    report = validate_bag(suite / case)
    assert report.valid is False
    assert codes(report) & {"bag_unsafe_path", "bag_not_payload"}


@pytest.mark.parametrize("case", cases("warning"))
def test_warnings_of_the_suite(suite: Path, case: str) -> None:
    report = validate_bag(suite / case)
    valid, expected = WARNINGS[case.rsplit("/", 1)[1]]
    assert (report.complete, report.valid) == (valid, valid), report.findings
    assert expected <= codes(report)


# Our own cases: one good bag, then one thing changed.


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def manifest(entries: Mapping[str, bytes], algorithm: str = "sha256") -> bytes:
    """A manifest written independently of our codec."""
    out = b""
    for path, data in sorted(entries.items()):
        raw = os.fsencode(path).replace(b"%", b"%25").replace(b"\n", b"%0A").replace(b"\r", b"%0D")
        out += hashlib.new(algorithm, data).hexdigest().encode() + b"  " + raw + b"\n"
    return out


class Bag:
    """A bag under construction on disk."""

    def __init__(self, root: Path, payload: Mapping[str, bytes], *, version: str = "1.0") -> None:
        self.root, self.payload = root, dict(payload)
        self.write("bagit.txt", f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n".encode())
        (root / "data").mkdir(parents=True)
        for path, data in payload.items():
            self.write(path, data)
        self.write("manifest-sha256.txt", manifest(self.payload))

    def write(self, path: str, data: bytes) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data)

    def add_line(self, line: bytes, name: str = "manifest-sha256.txt") -> None:
        with (self.root / name).open("ab") as out:
            out.write(line + b"\n")

    def tag(self) -> None:
        """A tag manifest over what lies there."""
        entries = {p.name: p.read_bytes() for p in self.root.iterdir() if p.is_file()}
        self.write("tagmanifest-sha256.txt", manifest(entries))

    def check(self) -> BagReport:
        return validate_bag(self.root)


AWKWARD = {
    "data/100%.txt": b"percent",
    "data/a%0Ab.txt": b"looks escaped",
    "data/one\ntwo\nthree\nfour.txt": b"line feeds",
    "data/c\rd.txt": b"carriage return",
    "data/\udcbb\udce1\udcd2\udce9.tif": b"name in GBK",
    "data/e\u0301.txt": b"NFD",
    "data/𠮷㐱/汇.txt": b"rare",
    "data/~tilde": b"",
    "data/" + "长" * 60 + "/" + "名" * 60 + ".txt": b"long",
    "data/ leading and trailing ": b"blanks",
}


@pytest.fixture
def bag(tmp_path: Path) -> Bag:
    return Bag(tmp_path / "bag", {"data/a.txt": b"hello", "data/sub/b.txt": b"world" * 1000})


def test_the_good_bag_is_good(bag: Bag) -> None:
    bag.tag()
    report = bag.check()
    assert (report.complete, report.valid, report.findings, report.version) == (True, True, (), "1.0")
    assert [(f.path, f.size) for f in report.payload] == [("data/a.txt", 5), ("data/sub/b.txt", 5000)]
    assert report.payload[0].digests[0].value == sha256(b"hello")


def test_awkward_names_hold(tmp_path: Path) -> None:
    report = Bag(tmp_path / "bag", AWKWARD).check()
    assert (report.complete, report.valid) == (True, True), report.findings
    assert {f.path for f in report.payload} == set(AWKWARD)


def test_escapes_in_lower_case_are_escapes(tmp_path: Path) -> None:
    bag = Bag(tmp_path / "bag", {"data/a\nb\nc\nd": b"x", "data/e\rf": b"y"})
    text = (bag.root / "manifest-sha256.txt").read_text()
    bag.write("manifest-sha256.txt", text.replace("%0A", "%0a").replace("%0D", "%0d").encode())
    assert bag.check().valid is True


@pytest.mark.parametrize("written", ["data/100%.txt", "data/100%25.txt"])
def test_before_1_0_both_ways_of_writing_a_percent_sign_are_known(tmp_path: Path, written: str) -> None:
    bag = Bag(tmp_path / "bag", {"data/100%.txt": b"x"}, version="0.97")
    bag.write("manifest-sha256.txt", f"{sha256(b'x')}  {written}\n".encode())
    assert bag.check().valid is True


def test_before_1_0_a_name_that_looks_escaped_is_found_as_written(tmp_path: Path) -> None:
    bag = Bag(tmp_path / "bag", {"data/a%0Ab.txt": b"x"}, version="0.97")
    bag.write("manifest-sha256.txt", f"{sha256(b'x')}  data/a%0Ab.txt\n".encode())
    report = bag.check()
    assert report.valid is True
    assert "bag_name_other_form" in codes(report)


def no_manifest(bag: Bag) -> None:
    (bag.root / "manifest-sha256.txt").unlink()


def tag_manifest_forgets_a_manifest(bag: Bag) -> None:
    bag.write("tagmanifest-sha256.txt", manifest({"bagit.txt": (bag.root / "bagit.txt").read_bytes()}))


def tag_manifest_lists_payload(bag: Bag) -> None:
    bag.tag()
    bag.add_line(f"{sha256(b'hello')}  data/a.txt".encode(), "tagmanifest-sha256.txt")


def tag_manifest_lists_itself(bag: Bag) -> None:
    bag.tag()
    bag.add_line(f"{'0' * 64}  tagmanifest-sha256.txt".encode(), "tagmanifest-sha256.txt")


def one_manifest_lists_less(bag: Bag) -> None:
    bag.write("manifest-sha512.txt", manifest({"data/a.txt": b"hello"}, "sha512"))


def missing_data_folder(bag: Bag) -> None:
    for path in ("a.txt", "sub/b.txt"):
        (bag.root / "data" / path).unlink()
    (bag.root / "data" / "sub").rmdir()
    (bag.root / "data").rmdir()


def info(text: str) -> Callable[[Bag], None]:
    def change(bag: Bag) -> None:
        bag.write("bag-info.txt", text.encode())

    return change


def line(text: str) -> Callable[[Bag], None]:
    def change(bag: Bag) -> None:
        bag.add_line(f"{sha256(b'hello')}  {text}".encode())

    return change


def fetch(text: str) -> Callable[[Bag], None]:
    def change(bag: Bag) -> None:
        bag.write("fetch.txt", text.encode())

    return change


def changed_bytes(bag: Bag) -> None:
    bag.write("data/a.txt", b"hellO")


BAD = [
    (changed_bytes, "bag_digest_differs"),
    (no_manifest, "bag_no_manifest"),
    (missing_data_folder, "bag_no_payload_folder"),
    (one_manifest_lists_less, "bag_unlisted_file"),
    (tag_manifest_forgets_a_manifest, "bag_tagmanifest_incomplete"),
    (tag_manifest_lists_payload, "bag_tagmanifest_entry"),
    (tag_manifest_lists_itself, "bag_tagmanifest_entry"),
    (lambda bag: bag.write("data/extra", b"x"), "bag_unlisted_file"),
    (lambda bag: bag.write("manifest-sha256.txt", b"\xef\xbb\xbf" + manifest(bag.payload)), "bag_bom"),
    (info("Payload-Oxum: 5005.2\nPayload-Oxum: 5005.2\n"), "bag_oxum_repeated"),
    (info("Payload-Oxum: 5004.2\n"), "bag_oxum_differs"),
    (info("Payload-Oxum: 5005\n"), "bag_oxum_malformed"),
    (info("Payload-Oxum : 5005.2\n"), "bag_info_line_malformed"),
    (line("data/sub"), "bag_directory_listed"),
    (line("data/gone.txt"), "bag_missing_file"),
    (line("bagit.txt"), "bag_not_payload"),
    (line("data/a.txt"), "bag_duplicate_entry"),
    (line("./data/a.txt"), "bag_duplicate_entry"),
    (line("data/../../neighbour/evil.txt"), "bag_unsafe_path"),
    (line("/etc/hostname"), "bag_unsafe_path"),
    (line("~/x"), "bag_unsafe_path"),
    (line("C:\\x"), "bag_unsafe_path"),
    (lambda bag: bag.add_line(b"nonsense"), "bag_line_malformed"),
    (lambda bag: bag.add_line(b"abc  data/a.txt"), "bag_digest_malformed"),
    (fetch("https://a.example/x - bag-info.txt\n"), "bag_not_payload"),
    (fetch("https://a.example/x - data/../../x\n"), "bag_unsafe_path"),
    (fetch("https://a.example/x - data/unlisted\n"), "bag_fetch_unlisted"),
    (fetch("no-uri - data/a.txt\n"), "bag_line_malformed"),
]


@pytest.mark.parametrize(("change", "code"), BAD, ids=[f"{n}-{code}" for n, (_, code) in enumerate(BAD)])
def test_one_change_and_the_bag_is_bad(bag: Bag, change: Callable[[Bag], None], code: str) -> None:
    assert bag.check().valid is True
    change(bag)
    report = bag.check()
    assert report.valid is False
    assert code in codes(report), report.findings


def test_a_digest_that_differs_leaves_the_bag_complete(bag: Bag) -> None:
    changed_bytes(bag)
    report = bag.check()
    assert (report.complete, report.valid) == (True, False)
    (differs,) = report.findings
    assert differs.subject == "data/a.txt"
    assert (differs.fact("expected"), differs.fact("found")) == (sha256(b"hello"), sha256(b"hellO"))


def test_the_neighbour_is_never_opened(tmp_path: Path) -> None:
    bag = Bag(tmp_path / "bag1", {"data/a.txt": b"hello"})
    neighbour = tmp_path / "bag1-evil"
    neighbour.mkdir()
    (neighbour / "e.txt").write_bytes(b"evil")
    bag.add_line(f"{sha256(b'evil')}  data/../../bag1-evil/e.txt".encode())
    report = bag.check()
    assert (report.valid, codes(report)) == (False, {"bag_unsafe_path"})


def test_a_listed_file_that_is_to_be_fetched_is_told_apart(bag: Bag) -> None:
    bag.add_line(f"{sha256(b'far')}  data/far.txt".encode())
    fetch("https://a.example/far - data/far.txt\n")(bag)
    report = bag.check()
    assert (report.complete, report.valid) == (False, False)
    assert codes(report) - {"bag_unlisted_tag_file"} == {"bag_to_be_fetched"}


def test_a_bag_with_all_fetched_is_whole(bag: Bag) -> None:
    fetch("https://a.example/a - data/a.txt\n")(bag)
    assert bag.check().valid is True


def test_sm3_is_computed_and_not_believed(bag: Bag) -> None:
    bag.write("manifest-sm3.txt", manifest(bag.payload, "sm3"))
    report = bag.check()
    assert report.valid is True
    assert {d.algorithm for d in report.payload[0].digests} == {Algorithm.SHA256, Algorithm.SM3}
    bag.write("manifest-sm3.txt", manifest(dict.fromkeys(bag.payload, b"bogus"), "sm3"))
    assert bag.check().valid is False


def test_sm3_alone_is_a_manifest(bag: Bag) -> None:
    no_manifest(bag)
    bag.write("manifest-sm3.txt", manifest(bag.payload, "sm3"))
    assert bag.check().valid is True


def test_an_algorithm_nobody_knows_is_neither_passed_nor_failed(bag: Bag) -> None:
    bag.write("manifest-rot13.txt", b"".join(b"aa  " + p.encode() + b"\n" for p in bag.payload))
    report = bag.check()
    assert (report.complete, report.valid, codes(report)) == (True, None, {"bag_algorithm_unknown"})


def test_a_version_or_encoding_nobody_knows_is_neither_passed_nor_failed(bag: Bag) -> None:
    for text, code in (
        ("BagIt-Version: 1.1\nTag-File-Character-Encoding: UTF-8\n", "bag_version_unknown"),
        ("BagIt-Version: 1.0\nTag-File-Character-Encoding: Klingon\n", "bag_encoding_unknown"),
    ):
        bag.write("bagit.txt", text.encode())
        report = bag.check()
        assert (report.complete, report.valid, codes(report)) == (False, None, {code})


@pytest.mark.parametrize("inside", [True, False])
def test_symbolic_links_are_not_followed(bag: Bag, tmp_path: Path, inside: bool) -> None:
    target = bag.root / "data/a.txt" if inside else tmp_path / "outside"
    (tmp_path / "outside").write_bytes(b"hello")
    (bag.root / "data/link").symlink_to(target)
    line("data/link")(bag)
    report = bag.check()
    assert (report.valid, codes(report)) == (False, {"bag_symlink"})


def test_a_payload_folder_that_is_a_link_is_none(bag: Bag, tmp_path: Path) -> None:
    (bag.root / "data").rename(tmp_path / "elsewhere")
    (bag.root / "data").symlink_to(tmp_path / "elsewhere")
    report = bag.check()
    assert (report.complete, report.valid) == (False, False)
    assert {"bag_symlink", "bag_no_payload_folder"} <= codes(report)


def test_a_pipe_is_not_opened(bag: Bag) -> None:
    os.mkfifo(bag.root / "data/pipe")
    line("data/pipe")(bag)
    assert codes(bag.check()) == {"bag_special_file"}


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_what_cannot_be_read_is_neither_passed_nor_failed(bag: Bag) -> None:
    (bag.root / "data/a.txt").chmod(0)
    report = bag.check()
    assert (report.complete, report.valid, codes(report)) == (True, None, {"bag_unreadable"})
    (bag.root / "data/a.txt").chmod(0o644)
    (bag.root / "data/sub").chmod(0)
    report = bag.check()
    (bag.root / "data/sub").chmod(0o755)
    assert (report.complete, report.valid, codes(report)) == (False, None, {"bag_folder_unreadable"})


def test_a_folder_too_deep_to_be_listed_is_neither_passed_nor_failed(bag: Bag) -> None:
    here = os.open(bag.root / "data", os.O_RDONLY)
    for _ in range(22):
        os.mkdir("长" * 80, dir_fd=here)
        deeper = os.open("长" * 80, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    report = bag.check()
    assert (report.complete, report.valid, codes(report)) == (False, None, {"bag_folder_unreadable"})


def test_names_in_another_unicode_form_meet(tmp_path: Path) -> None:
    bag = Bag(tmp_path / "bag", {"data/é.txt": b"x"})
    bag.write("manifest-sha256.txt", manifest({"data/e\u0301.txt": b"x"}))
    report = bag.check()
    assert (report.valid, codes(report)) == (True, {"bag_name_other_form", "bag_names_alike"})


def test_names_that_some_system_confuses_are_noted(tmp_path: Path) -> None:
    names = ["data/A.txt", "data/a.txt", "data/é", "data/e\u0301", "data/con.txt", "data/x.", "data/.DS_Store"]
    report = Bag(tmp_path / "bag", dict.fromkeys(names, b"x")).check()
    assert report.valid is True
    noted = sorted((f.code, str(f.fact("differ_by") or f.subject)) for f in report.findings)
    assert noted == [
        ("bag_name_not_portable", "data/con.txt"),
        ("bag_name_not_portable", "data/x."),
        ("bag_names_alike", "differ_in_case"),
        ("bag_names_alike", "differ_in_form"),
        ("bag_system_file", "data/.DS_Store"),
    ]


def test_an_old_bag_is_let_through_with_notes(tmp_path: Path) -> None:
    bag = Bag(tmp_path / "bag", {"data/a.txt": b"hello"}, version="0.97")
    line("data/a.txt")(bag)
    info("Payload-Oxum : 5.1\nPayload-Oxum : 5.1\n")(bag)
    tag_manifest_lists_payload(bag)
    report = bag.check()
    assert report.valid is True
    assert {f.fact("rule") for f in report.findings if f.code == "bag_tolerated"} == {
        "bag_duplicate_entry", "bag_info_line_malformed", "bag_oxum_repeated", "bag_tagmanifest_entry"
    }  # fmt: skip


def test_an_empty_payload_is_a_bag(tmp_path: Path) -> None:
    report = Bag(tmp_path / "bag", {}).check()
    assert (report.complete, report.valid, codes(report)) == (True, True, {"bag_empty_folder"})


def test_the_manifest_of_a_large_tag_file_is_not_taken_into_memory(bag: Bag) -> None:
    with (bag.root / "manifest-sha512.txt").open("wb") as out:
        out.truncate((1 << 30) + 1)
    report = bag.check()
    assert (report.complete, report.valid) == (False, None)
    assert "bag_tag_file_too_large" in codes(report)


def test_advance_is_told_every_byte(bag: Bag) -> None:
    told: list[int] = []
    validate_bag(bag.root, advance=told.append)
    assert sum(told) == 5005


def test_no_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no_bag_folder"):
        validate_bag(tmp_path / "nothing")
