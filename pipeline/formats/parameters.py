"""Bounds that parameters of actions share; a value outside them is a ValueError that a policy's row is refused with."""


def within(name: str, value: int, low: int, high: int) -> None:
    """A number from `low` to `high`."""
    if not low <= value <= high:
        raise ValueError(f"{name} runs from {low} to {high}, not {value}")


def bitrate(name: str, value: str) -> None:
    """Kilobits a second as FFmpeg writes them: 32k to 512k."""
    if not value.endswith("k") or not value[:-1].isdigit() or not 32 <= int(value[:-1]) <= 512:
        raise ValueError(f'{name} runs from "32k" to "512k", not {value!r}')
