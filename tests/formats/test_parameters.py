"""Bounds of parameters that several actions share."""

import pytest

from pipeline.domain.messages import Invalid
from pipeline.formats.parameters import bitrate, within


@pytest.mark.parametrize("value", [1, 50, 100])
def test_inside(value: int) -> None:
    within("quality", value, 1, 100)


@pytest.mark.parametrize("value", [0, 101, -5])
def test_outside_names_the_parameter_and_its_bounds(value: int) -> None:
    with pytest.raises(Invalid) as refused:
        within("quality", value, 1, 100)
    assert [refused.value.message.fact(name) for name in ("name", "low", "high", "value")] == [
        "quality",
        "1",
        "100",
        str(value),
    ]


@pytest.mark.parametrize("value", ["32k", "128k", "512k"])
def test_bitrates(value: str) -> None:
    bitrate("audio", value)


@pytest.mark.parametrize("value", ["31k", "513k", "128", "k", "", "-64k", "1.5k", "²k", "128K", "64k; rm"])
def test_what_is_no_bitrate(value: str) -> None:
    with pytest.raises(Invalid):
        bitrate("audio", value)
