"""The line for a check without taking in (接收前检查): the survey and the stages that read, and nothing behind them."""

from dataclasses import replace

from pipeline.domain.outcomes import State
from pipeline.line.ending import holds_back
from pipeline.line.job import Job
from pipeline.line.stage import Line
from pipeline.line.table import LINE

_LEG = LINE.legs()[0]


def _looked_at(job: Job) -> State | None:
    """The end of a record that nothing keeps back."""
    return None if holds_back(job.findings, job.services.profile) else State.CHECKED


LOOKING = Line(
    phases=_LEG.phases,
    stages=(*_LEG.stages[:-1], replace(_LEG.stages[-1], ends=_looked_at)),
    survey=LINE.survey,
    only_looks=True,
)
