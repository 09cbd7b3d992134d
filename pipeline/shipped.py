"""Where the data lies that comes with the program: `profiles` and `metadata_schemas`."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """A folder of data: inside the package where that was installed from a wheel, beside it in a checkout."""
    inside = _PACKAGE / "share" / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder
