"""Who handed a bag in, as far as it says so."""

from pathlib import Path

import pytest

from pipeline.delivery.depositor import depositor_of


@pytest.mark.parametrize(
    ("info", "said"),
    [
        (None, ("", "")),
        ("Payload-Oxum: 1.1\n", ("", "")),
        ("Source-Organization: 某县民政局\nContact-Name: 李梅\n", ("某县民政局", "李梅")),
        ("source-organization: 甲\nSource-Organization: 乙\nSource-Organization: 甲\n", ("甲；乙", "")),
        ("Contact-Name: 王\n  五\n", ("", "王 五")),
        ("Contact-Name: 340000190001010023\n", ("", "340*************23")),
        ("Source-Organization: " + "长" * 500, ("长" * 200, "")),
    ],
)
def test_what_bag_info_says(tmp_path: Path, info: str | None, said: tuple[str, str]) -> None:
    if info is not None:
        (tmp_path / "bag-info.txt").write_text(info, "utf-8")
    assert depositor_of(tmp_path) == said


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("Contact-Name: 王\n", "utf-8")
    (tmp_path / "bag-info.txt").symlink_to(tmp_path / "other")
    assert depositor_of(tmp_path) == ("", "")
