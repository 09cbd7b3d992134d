"""Format 1 is frozen: what 0.1.0 wrote is read, and written, byte for byte as it did."""

import sqlite3
import zlib
from dataclasses import replace

import pytest

from pipeline.codecs.index import decode_index, is_as_written
from pipeline.domain.identity import content_digest
from pipeline.errors import StorageError
from tests.makers.golden import unpack


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every index in the first store of the home that 0.1.0 wrote, by package identifier."""
    root = unpack("0.1.0", tmp_path_factory.mktemp("golden"))
    found = {path: path.read_bytes() for path in (root / "home" / "stores" / "first").rglob("*.index.json")}
    assert len(found) > 5
    with sqlite3.connect(root / "home" / "register.db") as register:
        kept = dict(register.execute("SELECT package_id, index_zlib FROM versions").fetchall())
    assert {package_id: zlib.decompress(blob) for package_id, blob in kept.items()} == {
        path.parent.parent.name: data for path, data in found.items()
    }, "the register of 0.1.0 keeps the bytes that lie in the stores"
    return {path.parent.parent.name: data for path, data in found.items()}


def test_what_0_1_0_wrote_is_read_and_would_be_written_again(written: dict[str, bytes]) -> None:
    for package_id, data in written.items():
        index = decode_index(data)
        assert (index.package_id, index.written) == (package_id, data)
        assert is_as_written(index)
        originals = [m for m in index.members if m.original_name_hex]
        assert index.content == content_digest((m.original_name_hex, m.size, m.sha256) for m in originals)
        assert {m.version for m in index.members} == {1}
        assert [each.role for each in index.objects] == ["tar"]


def test_a_blank_more_or_less_is_noticed(written: dict[str, bytes]) -> None:
    data = next(iter(written.values()))
    changed = data.replace(b'": ', b'":  ', 1)
    index = decode_index(changed)
    assert replace(index, written=data) == decode_index(data)
    assert not is_as_written(index)


def test_what_0_1_0_never_wrote_is_refused(written: dict[str, bytes]) -> None:
    data = next(iter(written.values()))
    for wrong in (data.replace(b'"puid":""', b'"puie":""', 1), data.replace(b"{\n", b'{\n  "more": 1,\n', 1)):
        with pytest.raises(StorageError, match="index_garbled"):
            decode_index(wrong)
