"""The archives of odd names unpacked: names as raw bytes, which no text function touches on the way."""

import os
import tarfile
from pathlib import Path

ODD_NAMES = Path(__file__).parents[1] / "fixtures" / "odd_names"
ARCHIVES = ("characters.tar", "odd-names-raw.tar", "odd-names-utf8.tar")


def unpacked(archive: str, folder: Path) -> dict[bytes, bytes]:
    """Lays the archive's files out in `folder`; name below it → content. Empty files get their name as content."""
    files: dict[bytes, bytes] = {}
    with tarfile.open(ODD_NAMES / archive, encoding="utf-8", errors="surrogateescape") as tar:
        for member in tar:
            stream = tar.extractfile(member)
            if stream is not None:
                name = os.fsencode(member.name)
                files[name] = stream.read() or name
    for name, content in files.items():
        path = os.fsencode(folder) + b"/" + name
        Path(os.fsdecode(path)).parent.mkdir(parents=True, exist_ok=True)
        Path(os.fsdecode(path)).write_bytes(content)
    return files
