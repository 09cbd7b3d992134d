"""The plan of the house, read from the imports: who may import whom, and which library has which owner."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline

ROOT = Path(__file__).resolve().parent.parent
PIPELINE = ROOT / "pipeline"

# An import points to an earlier line, or stays inside its own package.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"shipped"}),
    frozenset({"domain"}),
    frozenset({"errors"}),
    frozenset({"ports", "registry"}),
    frozenset({"toml_tables"}),
    frozenset({"elements"}),
    frozenset({"profiles"}),
    frozenset({"vocabularies"}),
    frozenset({"tools"}),
    frozenset({"codecs"}),
    frozenset({"schemas", "workspace", "texts", "retry", "run_log"}),
    frozenset({"stores", "register", "formats", "reports"}),
    frozenset({"delivery"}),
    frozenset({"checks"}),
    frozenset({"stages"}),
    frozenset({"line"}),
    frozenset({"routes"}),
    frozenset({"settings"}),
    frozenset({"bootstrap"}),
    frozenset({"services"}),
    frozenset({"cli", "web"}),
)
SIBLINGS_APART = ("stages", "checks")
CHECK_FAMILIES = {"delivery", "record", "package"}
"""Packages in checks/ whose modules are checks: no check imports another; what all share lies beside them."""
OWNERS = {
    "bagit": {"tools/bag.py"},
    "magic": {"tools/libmagic.py"},
    "pygfried": {"tools/pronom.py"},
    "exiftool": {"tools/exiftool.py"},
    "ffmpeg": {"tools/ffmpeg.py"},
    "pyvips": {"tools/vips.py", "tools/vips_copies.py"},
    "pikepdf": {"tools/pdf.py", "tools/pdf_reading.py", "tools/pdf_page.py"},
    "img2pdf": {"tools/img2pdf_.py"},
    "boto3": {"stores/s3.py"},
    "botocore": {"stores/s3.py"},
    "openpyxl": {"codecs/marked_catalogue.py"},
    "multiprocessing": {"tools/worker.py"},
    "subprocess": {"tools/run.py"},
}
FOLDER_OWNERS = {"lxml": ("tools/xml", "codecs/"), "sqlalchemy": ("register/",), "alembic": ("register/",)}


def modules() -> list[Path]:
    return sorted(PIPELINE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Full dotted names that a module imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "later":
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))


def layer(part: str) -> int:
    for number, names in enumerate(LAYERS):
        if part in names:
            return number
    raise AssertionError(f"pipeline/{part} has no place in the plan of the house")


def part_of(path: Path) -> str:
    relative = path.relative_to(PIPELINE)
    return relative.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PIPELINE)))
def test_imports_point_left(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        return
    for name in imports(path):
        pieces = name.split(".")
        if pieces[0] in {"prefect", "flows", "tests"}:
            pytest.fail(f"pipeline/ imports {name}")
        if pieces[0] != "pipeline" or len(pieces) == 1 or pieces[1] == "__version__":
            continue
        other = pieces[1]
        if other == part:
            if part in SIBLINGS_APART and len(pieces) > 2:
                assert is_shared(path, pieces), f"{path.name} imports its sibling {name}"
            continue
        same_line = layer(other) == layer(part)
        assert layer(other) < layer(part), f"pipeline/{part} imports pipeline/{other}" + (
            " (same layer)" if same_line else ""
        )


def is_shared(path: Path, pieces: list[str]) -> bool:
    """In checks/, what is no check may be imported by all; elsewhere, what belongs to the importing package alone."""
    relative = path.relative_to(PIPELINE)
    if pieces[1] == "checks":
        return pieces[2] not in CHECK_FAMILIES or relative.parts[1] not in CHECK_FAMILIES
    return pieces[2].startswith("_") or (len(relative.parts) > 2 and relative.parts[1] == pieces[2])


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PIPELINE)))
def test_each_library_has_one_owner(path: Path) -> None:
    relative = path.relative_to(PIPELINE).as_posix()
    for name in imports(path):
        top = name.split(".")[0]
        if top in OWNERS:
            assert relative in OWNERS[top], f"{relative} imports {top}, which belongs to {OWNERS[top]}"
        if top in FOLDER_OWNERS:
            assert relative.startswith(FOLDER_OWNERS[top]), f"{relative} imports {top}"


def test_domain_uses_the_standard_library_only() -> None:
    import sys

    for path in (PIPELINE / "domain").glob("*.py"):
        for name in imports(path):
            top = name.split(".")[0]
            assert top == "pipeline" or top in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_only_settings_reads_the_environment() -> None:
    for path in modules():
        # vips.py sets, and does not read, what libvips reads while it is loaded.
        if path.relative_to(PIPELINE).as_posix() in {"settings.py", "tools/vips.py"}:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                pytest.fail(f"{path.relative_to(ROOT)}:{node.lineno} reads the environment")


def test_no_module_or_function_has_grown_too_far() -> None:
    for path in modules():
        text = path.read_text("utf-8")
        assert text.count("\n") <= 300, f"{path.relative_to(ROOT)} has {text.count(chr(10))} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                assert size <= 60, f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {size} lines"


def private_imports() -> Iterator[str]:
    """Names with an underscore that are imported from outside the package they are private to and its tests."""
    for top in ("pipeline", "flows", "tests"):
        for path in sorted((ROOT / top).rglob("*.py")):
            here = path.relative_to(ROOT).parts[:-1]
            tested = ("pipeline", *here[1:]) if top == "tests" else here  # tests/stages may test pipeline/stages/_guard
            for name in imports(path):
                pieces = name.split(".")
                if pieces[0] not in {"pipeline", "flows", "tests"}:
                    continue
                for place, piece in enumerate(pieces):
                    if (
                        piece.startswith("_")
                        and not piece.startswith("__")
                        and tuple(pieces[:place]) not in (here[:place], tested[:place])
                    ):
                        yield f"{path.relative_to(ROOT)} imports {name}"
                        break


def test_what_is_private_to_a_package_is_imported_inside_it_only() -> None:
    assert list(private_imports()) == []


def test_changes_have_a_section_for_this_version() -> None:
    lines = (PIPELINE / "CHANGES.md").read_text("utf-8").splitlines()
    versions = [line.split()[1] for line in lines if line.startswith("## ") and line != "## Unreleased"]
    assert versions[0] == pipeline.__version__


def test_fixtures_stay_small() -> None:
    sizes = [path.stat().st_size for path in (ROOT / "tests" / "fixtures").rglob("*") if path.is_file()]
    assert sum(sizes) < 10_000_000
