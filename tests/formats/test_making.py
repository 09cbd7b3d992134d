"""What a worker does at the end: a copy gets its name, is looked at and hashed, or is not what it should be."""

import hashlib
import shutil
from pathlib import Path

from pipeline.domain.digests import Algorithm
from pipeline.domain.messages import Message
from pipeline.formats.making import Finished, Unfinished, finish
from tests.makers.handling import POLICY
from tests.makers.received import FILES, WatchLog, bench_in


def unfinished(folder: Path, name: str, extension: str) -> Unfinished:
    shutil.copyfile(FILES / name, folder / name)
    target = folder / f"d1.{extension}"
    return Unfinished(path=folder / name, target=target, extension=extension, maker="x", subject="甲")


def test_it_is_named_identified_and_hashed_and_may_be_asked_again(tmp_path: Path) -> None:
    file = unfinished(tmp_path, "sound.jpg", "jpg")
    with bench_in(tmp_path) as toolbox:
        for _ in range(2):
            (done,) = finish(toolbox, (file,), POLICY, (Algorithm.SHA512,))
            assert isinstance(done, Finished) and done.format.media_type == "image/jpeg"
            assert {d.algorithm for d in done.digests} == {Algorithm.SHA256, Algorithm.SHA512}
            data = (FILES / "sound.jpg").read_bytes()
            assert done.size == len(data) and not file.path.exists()
            assert hashlib.sha256(data).hexdigest() in {d.value for d in done.digests}
        assert isinstance(toolbox.watch, WatchLog) and {subject for subject, _ in toolbox.watch.begun} == {"甲"}


def test_what_is_of_another_format_is_told(tmp_path: Path) -> None:
    with bench_in(tmp_path) as toolbox:
        (done,) = finish(toolbox, (unfinished(tmp_path, "sound.png", "jpg"),), POLICY, ())
    assert isinstance(done, Message) and done.code == "copy_of_other_format" and done.fact("made") == "image/png"
