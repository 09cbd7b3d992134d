"""A bag while it is put together."""

from pipeline.domain.bags import Assembled, MadeFile
from tests.makers.values import NOW

MADE = MadeFile(path="bag-info.txt", data=b"x")


def test_a_made_file_by_its_place() -> None:
    bag = Assembled(bag_name="K021-1-v0001", at=NOW, files=(), made=(MadeFile(path="bagit.txt", data=b""), MADE))
    assert bag.made_file("bag-info.txt") is MADE
    assert bag.made_file("data/1.tif") is None
