"""Small deliveries for tests of the survey: a folder, its catalogue, a few files."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.domain.digests import sha256_of

HEADER = ("档号", "题名", "日期", "保管期限")


def delivery(
    folder: Path,
    rows: Iterable[Mapping[str, str]],
    files: Mapping[str, bytes],
    *,
    extra_headers: Iterable[str] = (),
    checksums: bool = False,
) -> Path:
    """Writes catalogue.csv and files. What a row does not give is filled in; the list of checksums is right."""
    headers = (*HEADER, *extra_headers)
    lines = [",".join(headers)]
    for row in rows:
        year = re.search(r"·(20\d\d)·", row.get("档号", ""))
        date = f"{year.group(1) if year else 2020}0101"
        given = {"题名": "关于扶贫的通知", "日期": date, "保管期限": "永久", **row}
        lines.append(",".join(_quoted(given.get(header, "")) for header in headers))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalogue.csv").write_text("\n".join(lines) + "\n", "utf-8")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if checksums:
        listed = "".join(f"{sha256_of(content)}  {name}\n" for name, content in sorted(files.items()))
        (folder / "manifest-sha256.txt").write_text(listed, "utf-8")
    return folder


def pages(code: str, *names: str) -> dict[str, bytes]:
    """Files of a record in its folder, each with bytes of its own."""
    return {f"files/{code}/{name}": name.encode() for name in names}


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
