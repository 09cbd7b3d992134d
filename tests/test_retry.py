import pytest

from pipeline.domain.messages import told_by_program
from pipeline.errors import RegisterBusy, RegisterError
from pipeline.retry import retried


class Flaky:
    """Fails with the errors in turn, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    def __call__(self) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def test_it_is_tried_again_after_longer_and_longer_pauses() -> None:
    slept: list[float] = []
    assert retried(Flaky(*[RegisterBusy(told_by_program("x"))] * 7), sleep=slept.append, attempts=8) == "done"
    assert slept == [1, 2, 4, 8, 16, 30, 30]


def test_the_last_error_is_raised() -> None:
    slept: list[float] = []
    errors = [RegisterBusy(str(n)) for n in range(9)]
    with pytest.raises(RegisterBusy, match="4"):
        retried(Flaky(*errors), sleep=slept.append)
    assert len(slept) == 4


@pytest.mark.parametrize("error", [RegisterError(told_by_program("x")), KeyError("x")])
def test_what_would_not_help_is_not_done(error: Exception) -> None:
    slept: list[float] = []
    with pytest.raises(type(error)):
        retried(Flaky(error), sleep=slept.append)
    assert slept == []
