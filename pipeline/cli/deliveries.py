"""`lantai deliveries`: what came, from whom, and how it stands; one delivery in detail."""

from collections.abc import Iterable
from typing import Annotated

from cyclopts import Parameter

from pipeline.cli.console import NO_OPTIONS, Common, Console
from pipeline.cli.held import show_held, texts_of_held
from pipeline.cli.opening import open_listing
from pipeline.domain.ledger import Run, Withdrawal
from pipeline.domain.messages import message
from pipeline.domain.outcomes import ENDS, State
from pipeline.routes.deliveries import Standing, find_delivery, no_such_delivery, standings, waiting_in


def command(
    delivery: Annotated[str, Parameter(help="批次的编号、名称或文件夹 · a delivery's identifier, name or folder")] = "",
    /,
    *,
    common: Common = NO_OPTIONS,
) -> int:
    """列出移交批次：来自何处、各有多少件、有何待处理 · List deliveries: from whom, how many records, what waits."""
    console = Console(common)
    with open_listing(common.home) as register:
        every = standings(register, register)
        if not delivery:
            return _listed(console, every)
        one = find_delivery(delivery, every)
        if one is None:
            raise no_such_delivery(delivery, every)
        held, withdrawn = waiting_in(one, register), tuple(register.withdrawals(one.id))
        if console.json:
            told = {"runs": one.runs, "held": held, "texts": texts_of_held(held), "withdrawals": withdrawn}
            console.emit({**_for_machines(one), **told})
            return 0
        _facts(console, one)
        _runs(console, one.runs)
        show_held(console, held, register)
        _withdrawn(console, withdrawn)
    return 0


def _listed(console: Console, every: tuple[Standing, ...]) -> int:
    if console.json:
        console.emit([_for_machines(each) for each in every])
        return 0
    heads = console.heads(
        ("编号", "identifier"), ("批次", "delivery"), ("移交单位", "from"), ("责任人", "by"), ("最近处理", "last run"),
        ("件", "records"), ("在库", "stored"), ("待处理", "waiting"), ("未处理到", "not reached"),
        ("撤回", "withdrawn"),
    )  # fmt: skip
    console.table(
        heads,
        (
            (
                each.id[:8], each.delivery.name, each.delivery.depositor, each.delivery.contact,
                each.runs[-1].started_at[:16] if each.runs else "", _records(each), str(_stored(each)),
                str(each.waiting), str(each.not_reached), str(each.withdrawn),
            )
            for each in every
        ),
    )  # fmt: skip
    console.say(f"共 {len(every)} 个批次", f"deliveries: {len(every)}")
    return 0


def _records(standing: Standing) -> str:
    return str(standing.surveyed.records) if standing.surveyed else "—"


def _stored(standing: Standing) -> int:
    return standing.counts[State.STORED] + standing.counts[State.UNCHANGED]


def _for_machines(standing: Standing) -> dict[str, object]:
    delivery, last = standing.delivery, standing.runs[-1] if standing.runs else None
    return {
        "id": standing.id,
        "name": delivery.name,
        "folder": delivery.folder,
        "places": standing.places,
        "depositor": delivery.depositor,
        "contact": delivery.contact,
        "profile": delivery.profile,
        "first_seen": delivery.first_seen,
        "last_run": last.started_at if last else "",
        "exit_code": last.exit_code if last else None,
        "catalogue": standing.surveyed.catalogue if standing.surveyed else "",
        "records": standing.surveyed.records if standing.surveyed else None,
        "counts": {state.value: count for state, count in standing.counts.items() if state in ENDS},
        "not_reached": standing.not_reached,
        "waiting": standing.waiting,
        "withdrawn": standing.withdrawn,
    }


def _facts(console: Console, one: Standing) -> None:
    delivery = one.delivery
    counted = ((console.words(state), one.counts[state]) for state in ENDS)
    counts = "；".join(f"{' '.join(words)} {count}" for words, count in counted if count)
    facts = (
        ("批次", "delivery", f"{delivery.name} ({one.id})"),
        ("移交单位", "from", delivery.depositor or "—"),
        ("责任人", "by", delivery.contact or "—"),
        ("文件夹", "folder", delivery.folder or "—"),
        *(("曾位于", "lay before at", place) for place in one.places),
        ("规则集", "rule set", delivery.profile or "—"),
        ("首次接收", "first seen", delivery.first_seen or "—"),
        ("目录", "catalogue", one.surveyed.catalogue if one.surveyed else "—"),
        ("件", "records", _records(one)),
        ("最近一次处理", "newest run", counts or "—"),
        ("未处理到", "not reached", str(one.not_reached)),
        ("待处理", "waiting", str(one.waiting)),
    )
    rows = ((" ".join(console.chosen(zh, en)), value) for zh, en, value in facts)
    console.table(console.heads(("项目", "item"), ("值", "value")), rows)
    console.line()


def _runs(console: Console, runs: Iterable[Run]) -> None:
    heads = console.heads(
        ("处理", "run"), ("开始", "began"), ("结束", "ended"), ("退出码", "exit code"), ("程序", "program")
    )
    cut_off = " ".join(console.chosen("未结束", "not ended"))
    rows = (
        (
            str(run.id), run.started_at, run.ended_at or cut_off,
            "" if run.exit_code is None else str(run.exit_code), run.program,
        )
        for run in runs
    )  # fmt: skip
    console.table(heads, rows)
    console.line()


def _withdrawn(console: Console, withdrawals: tuple[Withdrawal, ...]) -> None:
    for each in withdrawals:
        what = each.archival_code or " ".join(console.chosen("整批的问题", "what belongs to no record"))
        console.tell(message("was_withdrawn", what=what, title=each.title, at=each.at, by=each.by, reason=each.reason))
