"""Types are learnt one at a time: two at once ended the process."""

import threading
from pathlib import Path

import pipeline
from pipeline.tools import typed_json


def test_a_type_waits_while_another_is_learnt() -> None:
    done: list[list[int]] = []
    thread = threading.Thread(target=lambda: done.append(typed_json.from_json(b"[1,2]", list[int])))
    with typed_json._LEARNING:
        thread.start()
        thread.join(0.2)
        assert not done
    thread.join()
    assert done == [[1, 2]]


def test_nobody_else_learns_types() -> None:
    """One careless decoding beside the lock would be enough."""
    root = Path(pipeline.__file__).parent
    careless = {path.name for path in root.rglob("*.py") if "msgspec.json.decode(" in path.read_text("utf-8")}
    assert not careless
