"""Which programs and libraries are here, in which versions; for `lantai doctor` and for the agents in events."""

import importlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ToolError
from pipeline.tools import run


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolStatus:
    """One program or library. `kind` is program or library; `remedy` what to do where it was not found."""

    name: str
    kind: str
    version: str
    needed_for: str
    found: bool
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tool:
    name: str
    kind: str
    needed_for: str
    package: str
    ask: Callable[[Path], str]


def probe_tools() -> tuple[ToolStatus, ...]:
    """Asks every tool for its version; takes about a second, for LibreOffice and ExifTool are started."""
    with tempfile.TemporaryDirectory(prefix="lantai-probe-") as scratch:
        return tuple(_status(tool, Path(scratch)) for tool in _TOOLS)


def _status(tool: _Tool, scratch: Path) -> ToolStatus:
    version, remedy = "", ""
    try:
        version = tool.ask(scratch)
    except ToolError as error:
        remedy = str(error)
    except (ImportError, OSError) as error:
        remedy = f"{error}: apt-get install {tool.package}"
    return ToolStatus(
        name=tool.name,
        kind=tool.kind,
        version=version,
        needed_for=tool.needed_for,
        found=not remedy,
        remedy=remedy,
    )


def _library(module: str) -> Callable[[Path], str]:
    """Loaded only now: one that is not installed must not keep the others from being told."""

    def ask(scratch: Path) -> str:
        return str(importlib.import_module(f"pipeline.tools.{module}").version())

    return ask


def _program(module: str) -> Callable[[Path], str]:
    def ask(scratch: Path) -> str:
        return str(importlib.import_module(f"pipeline.tools.{module}").version(scratch))

    return ask


def _exiftool(scratch: Path) -> str:
    return _said(scratch, "exiftool", "-ver").split()[0]


def _guard(program: str) -> Callable[[Path], str]:
    def ask(scratch: Path) -> str:
        return _said(scratch, program, "--version").splitlines()[0].split()[-1]

    return ask


def _said(scratch: Path, program: str, option: str) -> str:
    ran = run.run([program, option], subject=option, seconds=60, scratch=scratch)
    return ran.stdout.decode("utf-8", "replace").strip() or "unknown"


_TOOLS = (
    _Tool(name="libmagic", kind="library", needed_for="格式识别", package="libmagic1", ask=_library("libmagic")),
    _Tool(
        name="siegfried",
        kind="library",
        needed_for="格式识别 (PRONOM)",
        package="pygfried (pip)",
        ask=_library("pronom"),
    ),
    _Tool(name="exiftool", kind="program", needed_for="元数据提取与嵌入", package="", ask=_exiftool),
    _Tool(name="libvips", kind="library", needed_for="图像检验与利用副本", package="libvips42", ask=_library("vips")),
    _Tool(name="img2pdf", kind="library", needed_for="图像合成 PDF", package="img2pdf (pip)", ask=_library("img2pdf_")),
    _Tool(
        name="pikepdf", kind="library", needed_for="PDF 检验与著录嵌入", package="pikepdf (pip)", ask=_library("pdf")
    ),
    _Tool(name="ffmpeg", kind="program", needed_for="录音录像检验与转换", package="ffmpeg", ask=_program("ffmpeg")),
    _Tool(name="soffice", kind="program", needed_for="办公文档转 PDF", package="", ask=_program("office")),
    _Tool(name="timeout", kind="program", needed_for="限时运行外部程序", package="", ask=_guard("timeout")),
    _Tool(name="setpriv", kind="program", needed_for="限权运行外部程序", package="", ask=_guard("setpriv")),
    _Tool(name="prlimit", kind="program", needed_for="限量运行外部程序", package="", ask=_guard("prlimit")),
)
