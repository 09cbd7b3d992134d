"""LibreOffice without a screen: office documents become PDF, all of a record in one call.

It gets a profile of its own in the scratch folder, with macros, active content and fetching of linked content
off, and a dead proxy, so that no document can call home.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.tools.run import run

_SETTINGS = {
    "/org.openoffice.Office.Common/Security/Scripting": {
        "DisableMacrosExecution": "true",
        "MacroSecurityLevel": "3",
        "DisableActiveContent": "true",
        "BlockUntrustedRefererLinks": "true",
        "CheckDocumentEvents": "false",
    },
    "/org.openoffice.Office.Calc/Content/Update": {"Link": "1"},
    "/org.openoffice.Office.Writer/Content/Update": {"Link": "2"},
    "/org.openoffice.Office.Common/Misc": {"FirstRun": "false"},
    "/org.openoffice.Inet/Settings": {
        "ooInetProxyType": "2",
        "ooInetHTTPProxyName": "127.0.0.1",
        "ooInetHTTPProxyPort": "9",
        "ooInetHTTPSProxyName": "127.0.0.1",
        "ooInetHTTPSProxyPort": "9",
    },
}
"""Link updates: Calc 1 and Writer 2 mean never."""
MAX_MEMORY = 2 * 2**30
"""Bytes that LibreOffice may hold: what takes more is hostile, or too large to be converted here."""
_DEAD_PROXY = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document to convert: `extension` is that of its format, whatever its name says; `subject` for people."""

    path: Path
    extension: str
    subject: str


@cache
def version(scratch: Path) -> str:
    """Version of LibreOffice."""
    ran = run(["soffice", *_profile(scratch), "--version"], subject="--version", seconds=120, scratch=scratch)
    words = ran.stdout.decode("utf-8", "replace").split()
    return words[1] if len(words) > 1 else ""


def to_pdf(
    documents: Sequence[Document], folder: Path, *, seconds: float, max_bytes: int, scratch: Path
) -> tuple[Path | None, ...]:
    """Converts all in one call; the PDFs in the documents' order, in `folder`, and None where LibreOffice made none
    (damaged, or locked by a password). Raises ToolFailed, ToolCrashed, ToolTimedOut.
    """
    names = [f"d{number:05d}" for number in range(1, len(documents) + 1)]
    inbox = Path(tempfile.mkdtemp(prefix="office-", dir=scratch))
    for name, document in zip(names, documents, strict=True):
        (inbox / f"{name}.{document.extension}").symlink_to(document.path)
    inputs = [str(path) for path in sorted(inbox.iterdir())]
    subject = documents[0].subject + (f" and {len(documents) - 1} more" if len(documents) > 1 else "")
    run(
        ["soffice", *_profile(scratch), "--convert-to", "pdf", "--outdir", str(inbox), *inputs],
        subject=subject,
        seconds=seconds,
        scratch=scratch,
        max_written=max_bytes,
        max_memory=MAX_MEMORY,
        environment={
            "SOURCE_DATE_EPOCH": "0",
            "SAL_USE_VCLPLUGIN": "svp",
            **dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), _DEAD_PROXY),
        },
    )
    made = [inbox / f"{name}.pdf" for name in names]
    kept = tuple(
        Path(shutil.move(pdf, folder / pdf.name)) if pdf.is_file() and pdf.stat().st_size else None for pdf in made
    )
    shutil.rmtree(inbox)
    return kept


def _profile(scratch: Path) -> tuple[str, ...]:
    """The first arguments of every call; the profile is made where there is none yet."""
    home = scratch / "office-profile"
    settings = home / "user" / "registrymodifications.xcu"
    if not settings.is_file():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_registry(), "utf-8")
    return (
        f"-env:UserInstallation={home.as_uri()}",
        "--headless",
        "--invisible",
        "--nologo",
        "--nodefault",
        "--norestore",
        "--nolockcheck",
    )


def _registry() -> str:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for path, values in _SETTINGS.items()
        for name, value in values.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n'
        f"{items}</oor:items>\n"
    )
