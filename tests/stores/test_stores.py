"""Which store a URL opens."""

import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

import pytest

from pipeline import stores
from pipeline.errors import ProfileError
from pipeline.stores import MODULES, StoreKind, StoreSettings, open_store


def test_the_table_says_what_the_modules_say() -> None:
    """Every module that ends in STORE is in the table, under its own scheme."""
    modules = [import_module(f"{stores.__name__}.{each.name}") for each in iter_modules(stores.__path__)]
    kinds = {module.__name__.rpartition(".")[2]: getattr(module, "STORE", None) for module in modules}
    found = {kind.scheme: name for name, kind in kinds.items() if isinstance(kind, StoreKind)}
    assert found == MODULES


@pytest.mark.parametrize("url", ["ftp://host/path", "/srv/store", "S4://x", ""])
def test_unknown_schemes(url: str) -> None:
    with pytest.raises(ProfileError, match=r"file://, memory://, s3://") as error:
        open_store(StoreSettings(name="nas", url=url))
    assert "nas" in str(error.value)


def test_secrets_are_not_shown() -> None:
    settings = StoreSettings(name="cloud", url="s3://bucket", access_key="A", secret_key="hush")
    assert "hush" not in repr(settings)
    assert "hush" not in repr(open_store(settings)) + open_store(settings).url


def test_only_an_s3_store_pays_for_the_s3_library() -> None:
    code = (
        "import sys\nfrom pipeline.stores import *\n"
        "open_store(StoreSettings(name='a', url='file:///srv')); open_store(StoreSettings(name='b', url='memory://b'))\n"
        "sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert import_module("pipeline.stores.s3").STORE.scheme == "s3"
