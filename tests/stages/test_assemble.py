from pathlib import Path

from pipeline.codecs.bag_manifest import decode_manifest
from pipeline.domain.bags import Work
from tests.makers.described import BOTH, COPIES, PAGES, TAGS, described_record


def test_nothing_is_read_and_all_is_listed(tmp_path: Path) -> None:
    record = described_record(tmp_path / "record")
    for file in (tmp_path / "record").rglob("*"):
        if file.is_file():
            file.unlink()
    assembled = record.assemble(digests=BOTH)
    by_work = {work: [file.path for file in assembled.files if file.work is work] for work in Work}
    assert {work: len(paths) for work, paths in by_work.items()} == {
        Work.RECEIVED: len(PAGES), Work.DERIVED: len(COPIES), Work.DESCRIBED: len(TAGS),
    }  # fmt: skip
    paths = [file.path for file in assembled.files]
    assert paths == [*sorted(by_work[Work.DESCRIBED]), *sorted(by_work[Work.RECEIVED] + by_work[Work.DERIVED])]
    for name in ("manifest-sha256.txt", "manifest-sm3.txt"):
        manifest = assembled.made_file(name)
        assert manifest is not None
        lines, findings = decode_manifest(manifest.data, name=name)
        assert not findings and {line.path for line in lines} == {*by_work[Work.RECEIVED], *by_work[Work.DERIVED]}


def test_the_tag_manifest_lists_all_tag_files_but_tag_manifests(tmp_path: Path) -> None:
    assembled = described_record(tmp_path / "record").assemble()
    last = assembled.made[-1]
    assert last.path == "tagmanifest-sha256.txt"
    lines, _ = decode_manifest(last.data, name=last.path)
    made = {each.path for each in assembled.made[:-1]}
    assert {line.path for line in lines} == {*TAGS, *made}
    assert assembled.made_file("nothing.txt") is None


def test_the_package_says_what_it_is_and_carries_the_schema(tmp_path: Path) -> None:
    assembled = described_record(tmp_path).assemble()
    held = {each.path: each.data for each in assembled.made}
    said = held["说明.txt"].decode("utf-8-sig")
    assert assembled.bag_name in said
    assert "sha256sum -c manifest-sha256.txt" in said
    assert "{" not in said
    assert said.count("\r\n") == said.count("\n")
    listed = held["tagmanifest-sha256.txt"].decode()
    assert "说明.txt" in listed
    assert "schemas/record-1.0.xsd" in listed
    assert b"xs:schema" in held["schemas/record-1.0.xsd"]
