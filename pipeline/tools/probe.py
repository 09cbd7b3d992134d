"""Which programs and libraries are here, in which versions; for `lantai doctor` and for the agents in events."""

import importlib
import importlib.util
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.messages import Message, message, why
from pipeline.errors import HouseError, MissingTool, ToolError
from pipeline.tools import libavcodec, run


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolStatus:
    """One program or library. `kind` is program or library; `remedy` what to do where it was not found."""

    name: str
    kind: str
    version: str
    needed_for: str
    found: bool
    remedy: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tool:
    name: str
    kind: str
    needed_for: str
    package: str
    ask: Callable[[Path], str]
    programs: tuple[str, ...] = ()
    library: str = ""
    located: Callable[[], object] | None = None

    def why_not(self) -> Message | None:
        """What is not here of it, told by its place alone, nothing started or loaded; None where all is."""
        for program in self.programs:
            try:
                run.locate(program)
            except MissingTool as error:
                return error.message
        if self.library and importlib.util.find_spec(self.library) is None:
            return message("library_missing", library=self.name, package=self.package)
        if self.located is not None and self.located() is None:
            return message("library_missing", library=self.name, package=self.package)
        return None


def probe_tools() -> tuple[ToolStatus, ...]:
    """Asks every tool for its version; takes about a second, for LibreOffice and ExifTool are started."""
    with tempfile.TemporaryDirectory(prefix="lantai-probe-") as scratch:
        return tuple(_status(tool, Path(scratch)) for tool in _TOOLS)


def require(names: Iterable[str]) -> None:
    """Raises MissingTool with the first of these tools that is not here, as `probe_tools` names them. HouseError for a
    name that no tool bears."""
    known = {tool.name: tool for tool in _TOOLS}
    for name in names:
        if name not in known:
            raise HouseError(message("tool_unknown", tool=name, known=", ".join(known)))
        missing = known[name].why_not()
        if missing is not None:
            raise MissingTool(missing, tool=name)


def _status(tool: _Tool, scratch: Path) -> ToolStatus:
    version = ""
    remedy: Message | None = None
    try:
        version = tool.ask(scratch)
    except ToolError as error:
        remedy = _install(error, tool) if tool.library else error.message
    except OSError as error:
        remedy = _install(error, tool)
    return ToolStatus(
        name=tool.name,
        kind=tool.kind,
        version=version,
        needed_for=tool.needed_for,
        found=remedy is None,
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
    _Tool(
        name="libmagic",
        kind="library",
        needed_for="格式识别",
        package="libmagic1",
        ask=_library("libmagic"),
        library="magic",
    ),
    _Tool(
        name="siegfried",
        kind="library",
        needed_for="格式识别 (PRONOM)",
        package="pygfried (pip)",
        ask=_library("pronom"),
        library="pygfried",
    ),
    _Tool(
        name="exiftool",
        kind="program",
        needed_for="元数据提取与嵌入",
        package="",
        ask=_exiftool,
        programs=("exiftool",),
    ),
    _Tool(
        name="libvips",
        kind="library",
        needed_for="图像检验与利用副本",
        package="libvips42",
        ask=_library("vips"),
        library="pyvips",
    ),
    _Tool(
        name="libavcodec",
        kind="library",
        needed_for="图像复检",
        package="ffmpeg",
        ask=_library("libavcodec"),
        library="ctypes",
        located=libavcodec.located,
    ),
    _Tool(
        name="img2pdf",
        kind="library",
        needed_for="图像合成 PDF",
        package="img2pdf (pip)",
        ask=_library("img2pdf_"),
        library="img2pdf",
    ),
    _Tool(
        name="pikepdf",
        kind="library",
        needed_for="PDF 检验与著录嵌入",
        package="pikepdf (pip)",
        ask=_library("pdf"),
        library="pikepdf",
    ),
    _Tool(
        name="ffmpeg",
        kind="program",
        needed_for="录音录像检验与转换",
        package="ffmpeg",
        ask=_program("ffmpeg"),
        programs=("ffmpeg", "ffprobe"),
    ),
    _Tool(
        name="soffice",
        kind="program",
        needed_for="办公文档转 PDF",
        package="",
        ask=_program("office"),
        programs=("soffice",),
    ),
    _Tool(
        name="pdftotext",
        kind="program",
        needed_for="核对副本文字，复核 PDF",
        package="",
        ask=_program("poppler"),
        programs=("pdftotext", "pdftoppm"),
    ),
    *(
        _Tool(name=name, kind="program", needed_for=use, package="", ask=_guard(name), programs=(name,))
        for name, use in (
            ("timeout", "限时运行外部程序"),
            ("setpriv", "限权运行外部程序"),
            ("prlimit", "限量运行外部程序"),
        )
    ),
)


def _install(error: Exception, tool: _Tool) -> Message:
    return message("install_package", reason=why(error), package=tool.package)
