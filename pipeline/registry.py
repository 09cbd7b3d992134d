"""Finds the one value with which each module of a package ends (`STORE = …`, `HANDLER = …`).

A new back end or format handler is a new module and no other change. What is wrong in the modules is found when
the program starts, and is our own fault.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

from pipeline.errors import HouseError

T = TypeVar("T")


def discover(package: ModuleType | str, attribute: str, kind: type[T]) -> dict[str, T]:
    """The value named `attribute` of every module below `package`, by the module's name in it, in order of names.

    Modules and packages whose name starts with `_` are left out; in a package below, the name is dotted
    (`integrity.no_missing_files`). Raises HouseError where a module has no such value, one of another type, or
    the value of another module.
    """
    root = importlib.import_module(package) if isinstance(package, str) else package
    found: dict[str, T] = {}
    for name in sorted(_module_names(root)):
        value = getattr(importlib.import_module(f"{root.__name__}.{name}"), attribute, None)
        if value is None:
            raise HouseError(f"{root.__name__}.{name} does not end with {attribute} = …")
        if not isinstance(value, kind):
            raise HouseError(f"{attribute} of {root.__name__}.{name} is no {kind.__name__}: {value!r}")
        twin = next((other for other, seen in found.items() if seen == value), None)
        if twin is not None:
            raise HouseError(f"{root.__name__}.{twin} and {name} have the same {attribute}: {value!r}")
        found[name] = value
    return found


def _module_names(package: ModuleType, prefix: str = "") -> Iterator[str]:
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_"):
            continue
        if info.ispkg:
            below = importlib.import_module(f"{package.__name__}.{info.name}")
            yield from _module_names(below, f"{prefix}{info.name}.")
        else:
            yield f"{prefix}{info.name}"
