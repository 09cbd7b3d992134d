"""Paths of derived files under `data/<role>/`: the original's name with another extension, no two alike."""

from collections.abc import Sequence

from pipeline.domain import layout
from pipeline.domain.names import OriginalName, safe_paths
from pipeline.domain.records import Role


def derived_paths(role: Role, wanted: Sequence[tuple[OriginalName, str]]) -> tuple[str, ...]:
    """A package path for each (name of the source, extension), in order.

    Where two sources differ only in their extension (`a.jpg`, `a.png`), the later one keeps its own before the
    new one (`a.png.jpg`). What still meets where case and Unicode form are not told apart is numbered.
    """
    taken: set[bytes] = set()
    names = []
    for source, extension in wanted:
        raw = _renamed(source, extension)
        if raw in taken:
            raw = source.raw + b"." + extension.encode()
        number = 1
        while raw in taken:
            number += 1
            raw = source.raw + f"~{number}.{extension}".encode()
        taken.add(raw)
        names.append(OriginalName.of(raw))
    safe = safe_paths(names)
    return tuple(layout.derived_path(role, safe[name]) for name in names)


def _renamed(source: OriginalName, extension: str) -> bytes:
    folder, slash, name = source.raw.rpartition(b"/")
    stem, dot, _ = name.rpartition(b".")
    return folder + slash + (stem if dot and stem else name) + b"." + extension.encode()
