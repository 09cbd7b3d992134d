"""The command line: one command per module, loaded when it is called.

The table below holds each command's one-line help, so that `lantai --help` imports none of them.
"""

import io
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TypeGuard

from cyclopts import App, CycloptsError, Parameter

from pipeline import __version__
from pipeline.cli.console import complain, emit, mute, with_texts
from pipeline.domain.messages import Message, message
from pipeline.domain.personal import mask
from pipeline.domain.visible import visible
from pipeline.errors import ExitCode, HouseError, PipelineError
from pipeline.settings import LANGUAGES, language

LOG = logging.getLogger(__name__)
COMMANDS = (
    ("init", "建立保存库 · make an archive home"),
    ("ingest", "接收一批移交，从检查到入库 · take in a delivery, from receipt to deposit"),
    ("check-in", "移交前检查，不入库 · check a delivery before it is handed in, nothing stored"),
    ("verify", "核验一个包（文件夹、tar 或库中的包）· is this bag, tar or stored package whole and unchanged?"),
    ("list", "列出库中的包，或被退回的件 · list packages, or what is held"),
    ("deliveries", "列出移交批次及其状态 · list deliveries, from whom they came and how they stand"),
    ("withdraw", "撤回一批或一件待处理的档案，须说明原因 · withdraw what waits, with a reason"),
    ("show", "一个包的详情 · one package in detail"),
    ("get", "取出一个包或其中一个文件，边取边核验 · a package or one file out of storage, verified on the way"),
    ("derive", "补做缺少的副本，存为新版 · make copies that are missing, stored as a new version"),
    ("replicate", "把缺副本的存储补齐 · copy what a store lacks into it"),
    ("audit", "核对每个存储中每份副本的全部字节 · read every byte of every copy again"),
    ("backup", "备份登记库 · copy the register to another place"),
    ("rebuild", "仅凭存储重建登记库 · make the register anew from the stores alone"),
    ("doctor", "检查程序、版本和存储的真实能力 · programs, versions, and what each store really does"),
)

MODULES = {"list": "listing", "check-in": "check_in"}
"""Commands whose module cannot have their name."""

ALIASES = {"check-in": ("check",)}
"""Other names of commands."""


def app() -> App:
    """The application with all its commands, none of them imported yet."""
    top = App(
        name="lantai",
        version=__version__,
        help="兰台：县级档案的长期保存流水线 · a preservation pipeline for county archives\n\n"
        "保存库由 --home、LANTAI_HOME 或 ./lantai-home 指明；语言由 --lang 或 LANTAI_LANG 指明（both、zh、en）。"
        " The home is named by --home, LANTAI_HOME or ./lantai-home; the language by --lang or LANTAI_LANG.",
        help_format="plaintext",
        version_format="plaintext",
        suppress_keyboard_interrupt=False,
        default_parameter=Parameter(show_default=False),
    )
    for place, (name, line) in enumerate(COMMANDS):
        module = MODULES.get(name, name)
        names = (name, *ALIASES.get(name, ()))
        top.command(f"pipeline.cli.{module}:command", name=names, help=line, sort_key=place)
    return top


def main() -> None:
    """Entry point: runs the command, turns errors into sentences and exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal of another encoding is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app()(exit_on_error=False, result_action="return_value")
    except KeyboardInterrupt:
        _tell(message("interrupted"), ExitCode.INTERRUPTED)
        # Threads that are copying need not be waited for: whatever they leave half-done is seen and done again.
        sys.stdout.flush()
        os._exit(ExitCode.INTERRUPTED)
    except CycloptsError:
        # The parser has printed what is wrong with the call.
        _tell(message("see_usage"), ExitCode.USAGE)
        raise SystemExit(int(ExitCode.USAGE)) from None
    except HouseError as error:
        _tell(_logged(error), error.exit_code)
        raise SystemExit(int(error.exit_code)) from None
    except PipelineError as error:
        _tell(error.message, error.exit_code)
        raise SystemExit(int(error.exit_code)) from None
    except Exception as error:
        _tell(_logged(error), ExitCode.HOUSE)
        raise SystemExit(int(ExitCode.HOUSE)) from None
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        mute()
    raise SystemExit(int(code or 0))


def _tell(said: Message, code: ExitCode) -> None:
    """Why the command ends so, on standard error; for machines also code, facts and sentences, on standard output."""
    complain(said, _spoken(sys.argv))
    if "--json" in sys.argv:
        emit({"error": with_texts(said), "exit_code": int(code)})


def _logged(error: Exception) -> Message:
    """An error that nobody foresaw: the whole report into the home's log, or one of its own where no home is open or
    its log cannot be written; what is said of it names that file."""
    report = visible(mask("".join(traceback.format_exception(error))), keep="\n")
    what = f"{type(error).__name__}: {error}"
    logs = [Path(each.baseFilename) for each in logging.getLogger("pipeline").handlers if _writes(each)]
    if logs:
        LOG.error("lantai %s", " ".join(sys.argv[1:]), exc_info=error)
        return message("own_fault_logged", what=what, log=logs[0])
    try:
        descriptor, name = tempfile.mkstemp(prefix="lantai-", suffix=".log")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(report)
    except OSError:
        print(report, file=sys.stderr)  # there is no other place
        return HouseError(what).message
    return message("own_fault_logged", what=what, log=name)


def _writes(handler: logging.Handler) -> TypeGuard[logging.FileHandler]:
    return isinstance(handler, logging.FileHandler) and os.access(Path(handler.baseFilename).parent, os.W_OK)


def _spoken(words: Sequence[str]) -> str:
    """The language asked for, as far as that can be told from a command that has failed."""
    typed = [after for word, after in zip(words, (*words[1:], ""), strict=True) if word == "--lang"]
    typed += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    chosen = typed[0] if typed else ""
    try:
        return language(chosen if chosen in LANGUAGES else "")
    except PipelineError:
        return "both"
