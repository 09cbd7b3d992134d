from pathlib import Path

import pytest

from pipeline.errors import ProfileError
from pipeline.register.address import DEFAULT_URL, sqlite_path

HOME = Path("/srv/home")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (DEFAULT_URL, "/srv/home/register.db"),
        ("sqlite:///登记/r%20%23.db", "/srv/home/登记/r #.db"),
        ("sqlite:////var/lib/lantai/register.db", "/var/lib/lantai/register.db"),
    ],
)
def test_where_it_lies(url: str, path: str) -> None:
    assert sqlite_path(url, base=HOME) == Path(path)


@pytest.mark.parametrize(
    "url",
    ["", "register.db", "sqlite://", "sqlite:///", "sqlite:///a/", "sqlite://host/a.db", "sqlite:///a?b", "mysql:///a"],
)
def test_what_is_no_register(url: str) -> None:
    with pytest.raises(ProfileError, match="register_url_wrong"):
        sqlite_path(url, base=HOME)
