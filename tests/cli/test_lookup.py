import pytest

from pipeline.cli.lookup import find_index
from pipeline.errors import UsageError
from pipeline.register.memory import MemoryRegister
from tests.makers.real_packages import an_index

ID = "K021-ZY·FP·2019·Y-001"


@pytest.fixture
def register() -> MemoryRegister:
    made = MemoryRegister()
    for number in range(1, 9):
        made.add_version(an_index(f"K021-ZY·FP·2019·Y-{number:03d}", title="柳树村"), (), (), source_state="")
    made.add_version(an_index(ID, version=2, title="柳树村"), (), (), source_state="")
    made.add_version(an_index("K021-A=2EB", title="有点的"), (), (), source_state="")
    return made


@pytest.mark.parametrize(
    "typed",
    [ID, " K021-ZY·FP·2019·Y-001 ", "Ｋ０２１-ZY・FP・2019・Y-001", "K021－ZY·FP·2019·Y－001", "K021-ZY•FP•2019•Y-001"],
)
def test_however_it_was_typed(register: MemoryRegister, typed: str) -> None:
    found = find_index(register, typed)
    assert (found.package_id, found.version) == (ID, 2)


def test_near_ones_are_named_but_not_all(register: MemoryRegister) -> None:
    with pytest.raises(UsageError) as error:
        find_index(register, "K021-ZY·FP·2019·Y")
    assert ID in str(error.value)
    assert "Y-005" in str(error.value)
    assert "Y-006" not in str(error.value)


def test_by_words_of_the_title_near_ones_are_named(register: MemoryRegister) -> None:
    with pytest.raises(UsageError, match="K021-A=2EB"):
        find_index(register, "有点的")


@pytest.mark.parametrize("typed", ["", "/", "..", "nothing like it", "\ud800", "a" * 3000, "行\n里"])
def test_what_is_no_package(register: MemoryRegister, typed: str) -> None:
    with pytest.raises(UsageError) as error:
        find_index(register, typed)
    assert error.value.exit_code == 2


def test_a_code_in_lower_case_with_ascii_dots(register: MemoryRegister) -> None:
    assert find_index(register, ID.lower().replace("·", ".")).package_id == ID


def test_a_slip_of_the_typist_names_the_nearest(register: MemoryRegister) -> None:
    with pytest.raises(UsageError) as error:
        find_index(register, f"{ID[:-1]}99")
    assert ID in str(error.value)
