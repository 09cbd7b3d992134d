"""Names that others transliterate, merge or choke on: they arrive, are stored, found and given back byte for byte."""

import os
import tarfile
from pathlib import Path

import pytest

from tests.makers.real_files import CatalogueRow, catalogue, pdf
from tests.makers.terminal import Terminal

ODD_NAMES = Path(__file__).resolve().parents[1] / "fixtures" / "odd_names"
CODE = "K021-WS·2021·Y-0001"


def unpacked(folder: Path) -> dict[bytes, bytes]:
    """Every file of the archives below `folder`; raw relative path to content."""
    for archive in sorted(ODD_NAMES.glob("*.tar")):
        with tarfile.open(archive, encoding="utf-8", errors="surrogateescape") as tar:
            for member in tar.getmembers():
                if member.isfile():
                    target = folder / archive.stem / member.name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    source = tar.extractfile(member)
                    assert source is not None
                    # Some are empty, which is a fault of its own: those get their name as content.
                    target.write_bytes(source.read() or os.fsencode(member.name) + b"\n")
    for path in folder.rglob("*.pdf"):
        pdf(path)  # a text that calls itself a PDF would be held for that
    return tree(folder)


def tree(folder: Path) -> dict[bytes, bytes]:
    root = os.fsencode(folder)
    return {
        os.path.relpath(at + b"/" + name, root): Path(os.fsdecode(at + b"/" + name)).read_bytes()
        for at, _, names in os.walk(root)
        for name in names
    }


@pytest.fixture
def delivery(tmp_path: Path) -> tuple[Path, dict[bytes, bytes]]:
    folder = tmp_path / "delivery"
    files = unpacked(folder / "files" / CODE)
    long_path = "/".join(["长" * 30] * 4) + "/名.txt"
    assert len(long_path.encode()) > 300
    for extra in (
        "100%0A.txt",
        "a%25b.txt",
        "CON.txt",
        "nul",
        "A.txt",
        "a.txt",
        "行\n里\r.txt",
        "汇.txt",
        "会.txt",
        "慧.txt",
        long_path,
    ):
        path = folder / "files" / CODE / "更多" / extra
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(extra, "utf-8")
        files[os.fsencode(path.relative_to(folder / "files" / CODE))] = os.fsencode(extra)
    catalogue(folder / "catalogue.xlsx", [CatalogueRow(archival_code=CODE, title="怪名", pages=len(files))])
    return folder, files


def test_every_name_comes_back_with_its_exact_bytes(tmp_path: Path, delivery: tuple[Path, dict[bytes, bytes]]) -> None:
    folder, files = delivery
    assert len(files) > 50
    terminal = Terminal(tmp_path / "home").made()

    done = terminal.type("ingest", folder, "--json")

    assert done.code == 0, [t["en"] for t in done.json["texts"] if t["severity"] == "error"]
    taken = terminal.type("get", CODE, "--originals", "-o", tmp_path / "out")
    assert taken.code == 0, taken.err
    assert tree(next((tmp_path / "out").iterdir())) == files or tree(tmp_path / "out") == files
    assert terminal.type("audit", "--all").code == 0


def test_every_name_is_found_by_itself(tmp_path: Path, delivery: tuple[Path, dict[bytes, bytes]]) -> None:
    folder, files = delivery
    terminal = Terminal(tmp_path / "home").made()
    assert terminal.type("ingest", folder).code == 0

    for number, (raw, content) in enumerate(sorted(files.items())[::7]):
        out = tmp_path / f"out{number}"
        taken = terminal.type("get", CODE, os.fsdecode(raw), "-o", out)
        assert taken.code == 0, (raw, taken.err)
        assert tree(out) == {raw.rsplit(b"/", 1)[-1]: content}


def test_the_bag_passes_both_judges(tmp_path: Path, delivery: tuple[Path, dict[bytes, bytes]]) -> None:
    import bagit

    folder, _ = delivery
    terminal = Terminal(tmp_path / "home").made()
    assert terminal.type("ingest", folder).code == 0
    assert terminal.type("get", CODE, "-o", tmp_path / "out").code == 0
    bag = next((tmp_path / "out").iterdir())

    assert terminal.type("verify", bag).code == 0
    assert bagit.Bag(str(bag)).is_valid()
