"""Libraries that are loaded when first used: what decodes pictures and PDF weighs 60 MiB, which only workers need.

So format handlers can be declared, and read by whoever only wants to know what they can do, at no cost.
"""

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __init__(self, name: str, prepare: Callable[[Any], object] | None) -> None:
        super().__init__(name)
        self._prepare = prepare

    def __getattr__(self, attribute: str) -> Any:
        module = importlib.import_module(self.__name__)
        if self._prepare is not None:
            self._prepare(module)
        self.__dict__.update(module.__dict__)
        return getattr(module, attribute)


def later(name: str, prepare: Callable[[Any], object] | None = None) -> Any:
    """The module `name`, imported when something of it is first asked for; `prepare` is then called with it, once.

    Raises ImportError only then.
    """
    return _Later(name, prepare)
