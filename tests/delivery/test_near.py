"""Names that are almost an archival code, and paths that spell one out."""

import pytest

from pipeline.delivery.near import NearRows

CODES = ("K021-WS·2019·D10-0001", "K021-WS·2019·D10-0002", "K021-WS·2020·Y-0001", "401")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("K021-WS.2019.D10-0001", 0),
        ("K021-WS。2019。D10-0001", 0),
        ("K021－WS．2019．D10－0002", 1),
        ("k021-ws·2019·d10-0001", 0),
        ("K021_WS_2019_D10_1", 0),
        ("K021 WS 2019 D10 0002", 1),
        ("K021—WS—2020—Y—0001", 2),
        ("K021-WS·2019·D10-0001 关于扶贫工作的通知", 0),
        ("K021-WS·2019·D10-0001-1", None),
        ("K021-WS·2019·D10-0003", None),
        ("K021-WS·2019", None),
        ("0401", None),
        ("扫描件", None),
        ("", None),
    ],
)
def test_a_name_beside_the_row_it_looks_like(name: str, place: int | None) -> None:
    assert NearRows(CODES).near(name) == place


def test_a_name_that_looks_like_two_rows_looks_like_none() -> None:
    assert NearRows(("K021-WS·1", "K021-WS-01")).near("k021.ws.1") is None


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("2019/D10/0001", [0]),
        ("2019年度/10年/1", [0]),
        ("2020/永久/0001", [2]),
        ("WS/2019/0002", [1]),
        ("第3盒/件2", [1]),
        ("盒1/0001", [0, 2]),
        ("2018/0001", []),
        ("扫描件", []),
        ("", []),
    ],
)
def test_a_path_that_spells_a_code_out(path: str, rows: list[int]) -> None:
    assert NearRows(CODES).by_path(path.split("/"))[1] == rows
