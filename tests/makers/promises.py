"""Whether a class has what a port asks for: every method, with the same parameters."""

import inspect
from collections.abc import Iterator


def broken(port: type, kind: type) -> Iterator[str]:
    """What of the port the class lacks or takes otherwise."""
    for name, promised in vars(port).items():
        if name.startswith("_"):
            continue
        kept = getattr(kind, name, None)
        if isinstance(promised, property):
            # a protocol's property is kept by an attribute, too
            continue
        if kept is None:
            yield f"{kind.__name__} has no {name}"
        elif callable(promised) and _shape(promised) != _shape(kept):
            yield f"{kind.__name__}.{name}{inspect.signature(kept)} is asked for as {inspect.signature(promised)}"


def _shape(function: object) -> list[tuple[str, object, object]]:
    assert callable(function)
    return [(each.name, each.kind, each.default) for each in inspect.signature(function).parameters.values()]
