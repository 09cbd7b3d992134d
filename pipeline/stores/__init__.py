"""Stores (长期保存存储): where packages lie, each a URL. Which module serves which scheme is said here and only here.

A module is imported when a store of its scheme is opened: the S3 library alone takes longer to import than most
commands need to run.
"""

import importlib
from typing import TYPE_CHECKING

from pipeline.domain.messages import message
from pipeline.errors import HouseError, ProfileError
from pipeline.stores.kind import StoreKind, StoreSettings

if TYPE_CHECKING:  # settings are read by every command, and most ask nothing of a store
    from pipeline.ports import Store

__all__ = ["MODULES", "StoreKind", "StoreSettings", "kind_of", "open_store", "prepare_store"]

MODULES = {"file": "local", "memory": "memory", "s3": "s3"}
"""Module by scheme; a test holds it against what the modules say of themselves."""


def open_store(settings: StoreSettings) -> "Store":
    """The store, nothing asked of it yet. ProfileError where the URL's scheme is not known or the URL is wrong."""
    return kind_of(settings).open(settings)


def prepare_store(settings: StoreSettings) -> "Store":
    """As `open_store`, after making the folder or bucket where it is not there. Raises StorageError if it cannot."""
    return kind_of(settings).prepare(settings)


def kind_of(settings: StoreSettings) -> StoreKind:
    """The back end that serves the URL's scheme. ProfileError where none does."""
    scheme = settings.address.scheme
    if scheme not in MODULES:
        known = ", ".join(f"{name}://" for name in sorted(MODULES))
        raise ProfileError(message("store_scheme_unknown", store=settings.name, url=settings.url, known=known))
    kind = importlib.import_module(f"{__name__}.{MODULES[scheme]}").STORE
    if not isinstance(kind, StoreKind):
        raise HouseError(f"STORE of {MODULES[scheme]} is no StoreKind: {kind!r}")
    return kind
