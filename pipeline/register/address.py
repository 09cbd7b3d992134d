"""Where the register lies, as a URL: what kind of database it is, and its place."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.domain.messages import message
from pipeline.errors import ProfileError

DEFAULT_URL = "sqlite:///register.db"


def sqlite_path(url: str, *, base: Path) -> Path:
    """The file that the URL means, from `base` where it is relative: `sqlite:///register.db` lies in the home,
    `sqlite:////srv/register.db` where it says; `%XX` is decoded. ProfileError for a URL of another kind."""
    parts = urlsplit(url)
    path = unquote(parts.path)[1:]
    if parts.scheme != "sqlite" or parts.netloc or parts.query or parts.fragment or not path or path.endswith("/"):
        raise ProfileError(message("register_url_wrong", url=url, form="sqlite:///FILE"))
    return base / path
