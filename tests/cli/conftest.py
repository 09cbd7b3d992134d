"""A home with some packages and a held record, made once; each test that changes it takes a copy of its own."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.makers.deliveries import delivery
from tests.makers.terminal import Terminal

FILES = Path(__file__).resolve().parents[1] / "fixtures" / "files"
NUMBER = "340000190001010023"
TEXT, PHOTOS, HELD, BARE = (
    "K021-WS·2020·Y-0001", "K021-ZP·2020·D30-001", "K021-ZY·FP·2020·Y-001", "K021-WS·2020·Y-0002",
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """The terminal, the delivery that filled it, and what `ingest --json` printed then."""

    terminal: Terminal
    delivery: Path
    out: str


def filling(folder: Path) -> Path:
    """Two good records, one with a personal number in its title, one without files."""
    photo = (FILES / "sound.jpg").read_bytes()
    return delivery(
        folder,
        [
            {"档号": TEXT, "题名": "关于𠮷家村扶贫工作的报告"},
            {"档号": PHOTOS, "题名": "照片组", "保管期限": "30年"},
            {"档号": HELD, "题名": f"户主 {NUMBER} 的档案"},
            {"档号": BARE, "题名": "没有文件的一件"},
        ],
        {
            f"files/{TEXT}/001.txt": "一、基本情况\n".encode(),
            f"files/{TEXT}/附件.txt": b"two\n",
            f"files/{PHOTOS}/001.jpg": photo,
            f"files/{PHOTOS}/002.jpg": photo[:-2] + b"\xff\xd9",
            f"files/{HELD}/001.txt": b"three\n",
        },
    )


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    root = tmp_path_factory.mktemp("terminal")
    terminal = Terminal(root / "home").made("first=a", "second=b")
    folder = filling(root / "移交")
    done = terminal.type("ingest", folder, "--json")
    assert done.code == 1, done.out + done.err
    return Filled(terminal, folder, done.out)


@pytest.fixture
def own(filled: Filled, tmp_path: Path) -> Terminal:
    """A copy of the filled home, stores and all, to do with as one likes."""
    shutil.copytree(filled.terminal.home, tmp_path / "home")
    return Terminal(tmp_path / "home")


@pytest.fixture
def flip() -> Callable[[Terminal, str, str, bytes], None]:
    """Changes a byte of one package in one store, found by some bytes near it."""

    def change(terminal: Terminal, store: str, code: str, near: bytes) -> None:
        tar = next((terminal.home / store).glob(f"*/*/{code}/v0001/*.tar"))
        raw = bytearray(tar.read_bytes())
        raw[raw.index(near)] ^= 1
        tar.unlink()
        tar.write_bytes(raw)

    return change
