"""利用副本的图像核对: whether a copy shows what its original shows.

Both are decoded by programs that had no part in making the copy. A copy that differs is thrown away: it would say what
the original does not say, and nobody would see it.
"""

from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.messages import Message, message
from pipeline.tools import pillow
from pipeline.tools.decoded import Undecodable
from pipeline.tools.pillow import Sketch

_COLOURS, _INKS = 14.0, 90.0
"""How far the mean of a quarter may lie off, of 255; inks depend on the profile."""
_BLANK, _TO_BE_SEEN = 0.7, 2.5
"""Contrast of what is blank, and of what is certainly not."""
_ROUNDING = 2
_SCALE = 0.02


def seen(path: Path, *, page: int = 0) -> tuple[Sketch, ...]:
    """What an original looks like; none where there is no second decoder for it."""
    try:
        return pillow.sketches(path, page=page)
    except Undecodable:
        return ()


def difference(before: Sequence[Sketch], after: Sketch, *, shape: bool = True) -> Message | None:
    """Why a copy is not like its original, None where it is or where that cannot be told; `before` as `seen`: the copy
    has to be like one of them, and may not be blank where another is not. A page has the shape of its paper, which is
    not that of its pixels where these are no squares: `shape` is then left out."""
    if not before:
        return None
    if max(each.contrast for each in before) > _TO_BE_SEEN and after.contrast < _BLANK:
        return message("picture_blank")
    found = [_difference(each, after, shape=shape) for each in before]
    return None if None in found else found[0]


def _difference(before: Sketch, after: Sketch, *, shape: bool) -> Message | None:
    across, down = after.width / before.width, after.height / before.height
    slack = _SCALE * across + _ROUNDING / min(before.width, before.height)
    if shape and abs(across - down) > slack:
        return message("copy_of_other_shape", width=after.width, height=after.height)
    most = _INKS if before.inked else _COLOURS
    for number, (was, is_) in enumerate(zip(before.quarters, after.quarters, strict=True), start=1):
        off = max(abs(a - b) for a, b in zip(was[:3], is_[:3], strict=True))
        if off > most:
            return message("copy_of_other_colours", quarter=number, was=_shown(was), found=_shown(is_))
        if was[3] > _TO_BE_SEEN and not 0.5 < (is_[3] + _BLANK) / (was[3] + _BLANK) < 2.0:
            return message("copy_of_other_contrast", quarter=number, was=f"{was[3]:.0f}", found=f"{is_[3]:.0f}")
    return None


def _shown(quarter: tuple[float, float, float, float]) -> str:
    return ", ".join(f"{value:.0f}" for value in quarter[:3])
