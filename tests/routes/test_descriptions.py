"""A register that was not told what packages say of their records learns it from the stores."""

from pathlib import Path

from pipeline.ports import Sought
from pipeline.register.memory import MemoryRegister
from pipeline.routes.descriptions import describe
from tests.makers.deliveries import delivery, pages
from tests.makers.real_packages import an_index
from tests.makers.services import opened_works

A = "K021-WS·2020·Y-0001"


def test_descriptions_out_of_the_stores(tmp_path: Path) -> None:
    folder = delivery(
        tmp_path / "d", [{"档号": A, "责任者": "某县民政局"}], pages(A, "001.txt"), extra_headers=["责任者"]
    )
    register = MemoryRegister()
    with opened_works(tmp_path / "home") as works:
        works.one(folder)
        index = works.archive.register.index(A)
        assert index is not None
        register.add_version(index, (), (), source_state="")
        register.add_version(an_index("GONE"), (), (), source_state="")
        assert describe(register, works.archive.stores) == 1
        assert describe(register, works.archive.stores) == 0
    assert [row.package_id for row in register.packages(Sought(creator="民政局"))] == [A]
    assert register.description("GONE") is None
