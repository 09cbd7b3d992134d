"""Which files of a bag are manifests."""

import pytest

from pipeline.checks.bag import manifest_of


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("manifest-sha256.txt", (False, "sha256")),
        ("tagmanifest-SHA-512.txt", (True, "SHA-512")),
        ("Manifest-md5.TXT", (False, "md5")),
        ("data/manifest-sha256.txt", None),
        ("manifest-.txt", None),
        ("manifest-sha256.txt.bak", None),
        ("premanifest-sha256.txt", None),
        ("fetch.txt", None),
    ],
)
def test_by_their_names(path: str, found: tuple[bool, str] | None) -> None:
    assert manifest_of(path) == found
