"""检查报告 as one HTML file: no scripts, nothing fetched, every name escaped; written as it is read, kind by kind."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import IO

from pipeline.domain.findings import Finding, Severity
from pipeline.domain.messages import Message, as_fact, message
from pipeline.domain.personal import mask
from pipeline.domain.visible import visible
from pipeline.reports.groups import ORDER
from pipeline.reports.told import Told

_IN_MEMORY = 1 << 18
_STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:75em;margin:2em auto;padding:0 1em;
color:#222}h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f3f3f3}.error{background:#ffc7ce}.question{background:#ffeb9c}.warning{background:#fff7d6}
.en{color:#555;display:block}td.n{white-space:nowrap}li{overflow-wrap:anywhere}
"""
_HEAD = (
    '<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<meta name="viewport" content="width=device-width"><title>{title}</title><style>{style}</style></head><body>\n'
)


@dataclass(slots=True)
class _Kind:
    """Findings of one code; their rows wait in a file of their own, for kinds come mixed."""

    severity: Severity
    first: Finding
    count: int = 0
    rows: IO[str] = field(
        default_factory=lambda: tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115
    )


def write_html(path: Path, told: Told, *, marked: str = "") -> None:
    """Writes the report; `marked` is the name of the marked-up catalogue that lies beside it."""
    kinds = _kinds(told)
    try:
        with path.open("w", encoding="utf-8", errors="backslashreplace") as out:
            _write(out, told, sorted(kinds, key=lambda kind: ORDER.index(kind.severity)), marked)
    finally:
        for kind in kinds:
            kind.rows.close()


def _kinds(told: Told) -> list[_Kind]:
    kinds: dict[str, _Kind] = {}
    seen: set[int] = set()
    for finding, code in told.findings():
        if (mark := hash(finding)) in seen:
            continue
        seen.add(mark)
        kind = kinds.get(finding.code)
        if kind is None:
            kind = kinds[finding.code] = _Kind(told.severity(finding.code), finding)
        kind.count += 1
        about = code if code and code == finding.subject else "  ".join(filter(None, (code, finding.subject)))
        row = (_text(str(finding.row or "")), _text(mask(about)), _lines(told.sentences(finding), told))
        kind.rows.write("<tr><td class=n>{}</td><td>{}</td><td>{}</td></tr>\n".format(*row))
    return list(kinds.values())


def _write(out: IO[str], told: Told, kinds: list[_Kind], marked: str) -> None:
    title = _text(told.said(message("report_title", delivery=told.name)))
    out.write(_HEAD.format(lang="en" if told.lang == "en" else "zh", title=title, style=_STYLE))
    out.write(f"<h1>{title}</h1>\n")
    notes: list[Message] = [told.summary, told.made]
    notes += [told.checked] if told.checked is not None else []
    notes += [message("report_marked", name=marked)] if marked else []
    out.writelines(f"<p>{_text(told.said(note))}</p>\n" for note in notes)
    if not any(kind.severity is not Severity.INFO for kind in kinds):
        nothing = _said(told, message("report_nothing"))
        out.write(f"<p>{nothing}</p>\n")
    if kinds:
        _write_overview(out, told, kinds)
    for number, kind in enumerate(kinds):
        _write_kind(out, told, number, kind)
    if told.ignored:
        heading = _said(told, message("report_passed_over"))
        out.write(f"<h2>{heading}</h2>\n<ul>\n")
        out.writelines(f"<li>{_text(mask(name))}</li>\n" for name in told.ignored)
        out.write("</ul>\n")
    out.write("</body></html>\n")


def _write_overview(out: IO[str], told: Told, kinds: list[_Kind]) -> None:
    heading = _said(told, message("report_kinds"))
    out.write(f"<h2>{heading}</h2>\n<table>\n")
    out.write(_row(told, ("severity", "count", "problem")))
    for number, kind in enumerate(kinds):
        severity = _text(_word(told, kind.severity))
        out.write(
            f'<tr class="{kind.severity.value}"><td class=n>{severity}</td><td class=n>{kind.count:,}</td>'
            f'<td><a href="#k{number}">{_lines(told.sentences(kind.first), told)}</a></td></tr>\n'
        )
    out.write("</table>\n")


def _write_kind(out: IO[str], told: Told, number: int, kind: _Kind) -> None:
    heading = f"{_word(told, kind.severity)} · {kind.first.code} · {kind.count:,}"
    out.write(f'<h2 id="k{number}" class="{kind.severity.value}">{_text(heading)}</h2>\n')
    if remedies := told.remedies(kind.first):
        out.write(f"<p>{_lines(remedies, told)}</p>\n")
    out.write("<table>\n" + _row(told, ("row", "record", "problem")))
    kind.rows.seek(0)
    while block := kind.rows.read(1 << 16):
        out.write(block)
    out.write("</table>\n")


def _row(told: Told, heads: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<th>{_text(told.label(head))}</th>" for head in heads) + "</tr>\n"


def _word(told: Told, severity: Severity) -> str:
    word = as_fact(severity)
    return told.said(word) if isinstance(word, Message) else str(word)


def _lines(said: Iterable[str], told: Told) -> str:
    """The same in each language, the second on a line of its own."""
    tags = ["span" if lang == "zh" or told.lang == "en" else 'span class="en"' for lang in told.languages]
    return "".join(f"<{tag}>{_text(text)}</span>" for tag, text in zip(tags, said, strict=False))


def _said(told: Told, message: Message) -> str:
    return _text(told.said(message))


def _text(text: str) -> str:
    return escape(visible(text))
