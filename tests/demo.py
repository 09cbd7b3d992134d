"""The demonstration: a home, a delivery, an audit, and where to look. `./run demo [--faulty] [--home DIR]`.

Every step is a command that anybody can type; they are shown as they run.
"""

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

from tests.makers.faulty_delivery import faulty_delivery

ROOT = Path(__file__).resolve().parent.parent
LANTAI = Path(sys.executable).parent / "lantai"
DELIVERY = ROOT / "tests" / "fixtures" / "deliveries" / "demo"


def step(zh: str, en: str, *arguments: str | Path) -> int:
    """Shows and runs one command; its exit code."""
    shown = shlex.join(["lantai", *(str(a) for a in arguments)])
    print(f"\n── {zh} · {en}\n$ {shown}", flush=True)
    return subprocess.run([LANTAI, *arguments], check=False).returncode


def main() -> int:
    """Runs the demonstration; 0 when every step ended as it should."""
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__)
    parser.add_argument("--home", type=Path, default=ROOT / "lantai-demo", help="保存库文件夹 · the archive home")
    parser.add_argument(
        "--faulty", action="store_true", help="再送一批有毛病的 · a second delivery with planted faults"
    )
    options = parser.parse_args()
    home = options.home.absolute()
    if not (home / "lantai.toml").exists():
        code = step("建立保存库", "make an archive home", "init", home, "--fonds", "K021", "--name", "某县档案馆")
        if code:
            return code
    at = ("--home", home)
    code = step("接收示范移交", "take in the demonstration delivery", "ingest", DELIVERY, *at)
    code = code or step("核对每份副本的每个字节", "read every byte of every copy again", "audit", "--all", *at)
    code = code or step("列出库中的包", "list the packages", "list", *at)
    if options.faulty and not code:
        code = faulty(home)
    if not code:
        where_to_look(home)
    return code


def faulty(home: Path) -> int:
    """The delivery with planted faults: good records are stored, the others told and held (exit code 1)."""
    delivery = home / "faulty-delivery"
    if not delivery.exists():
        faulty_delivery(delivery)
    code = step("接收一批有毛病的移交", "take in a delivery with planted faults", "ingest", delivery, "--home", home)
    print(f"\n退出码 {code}：1 表示有材料被退回 · exit code {code}: 1 means that material was rejected")
    return 0 if code == 1 else 70


def where_to_look(home: Path) -> None:
    """What lies where, and what to try next."""
    at = f"--home {shlex.quote(str(home))}"
    print(
        f"\n── 看哪里 · where to look\n"
        f"  {home}/store/K021/…      包（tar）和索引 · the packages (tar) and their indexes\n"
        f"  {home}/lantai.toml       设置 · the settings\n"
        f"  ./run lantai show K021-ZP·2019·D30-025 {at}\n"
        f"  ./run lantai get K021-ZY·FP·2019·Y-001 -o /tmp/out {at}\n"
        f"  ./run demo --faulty      一批有毛病的移交 · a delivery with planted faults"
    )


if __name__ == "__main__":
    raise SystemExit(main())
