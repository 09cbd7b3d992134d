"""Libraries that are loaded when first used: what decodes pictures and PDF weighs 60 MiB, which only workers need.

So format handlers can be declared, and read by whoever only wants to know what they can do, at no cost.
"""

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from pipeline.domain.messages import message
from pipeline.errors import MissingTool


class _Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __init__(self, name: str, prepare: Callable[[Any], object] | None) -> None:
        super().__init__(name)
        self._prepare = prepare

    def __getattr__(self, attribute: str) -> Any:
        try:
            module = importlib.import_module(self.__name__)
        except (ImportError, OSError) as error:
            said = message("library_does_not_load", library=self.__name__, words=error)
            raise MissingTool(said, tool=self.__name__) from error
        if self._prepare is not None:
            self._prepare(module)
        self.__dict__.update(module.__dict__)
        return getattr(module, attribute)


def later(name: str, prepare: Callable[[Any], object] | None = None) -> Any:
    """The module `name`, imported when something of it is first asked for; `prepare` is then called with it, once.

    Only then MissingTool is raised, where it does not load.
    """
    return _Later(name, prepare)
