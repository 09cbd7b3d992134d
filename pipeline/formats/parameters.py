"""Bounds that parameters of actions share; a value outside them is Invalid that a policy's row is refused with."""

from pipeline.domain.messages import Invalid, message


def within(name: str, value: int, low: int, high: int) -> None:
    """A number from `low` to `high`."""
    if not low <= value <= high:
        raise Invalid(message("parameter_out_of_range", name=name, low=low, high=high, value=value))


def bitrate(name: str, value: str) -> None:
    """Kilobits a second as FFmpeg writes them: 32k to 512k."""
    if not value.endswith("k") or not value[:-1].isdecimal() or not 32 <= int(value[:-1]) <= 512:
        raise Invalid(message("parameter_out_of_range", name=name, low="32k", high="512k", value=value))
