import pickle

from pipeline.domain.messages import Message, message, told_by_program
from pipeline.errors import ToolFailed


def test_facts_are_texts_or_messages_in_the_order_of_their_names() -> None:
    made = message("workspace_full", needed=5, folder="/a", why=told_by_program("x"))
    assert made.facts == (
        ("folder", "/a"),
        ("needed", "5"),
        ("why", Message(code="tool_said", facts=(("words", "x"),))),
    )
    assert str(made) == "workspace_full (folder=/a, needed=5, why=x)"
    assert str(message("bare")) == "bare"


def test_an_error_keeps_its_message_across_a_process_boundary() -> None:
    error = ToolFailed(message("m", a="1"), tool="ffmpeg", subject="片.mp4")
    back = pickle.loads(pickle.dumps(error))
    assert (back.message, back.tool, back.subject) == (message("m", a="1"), "ffmpeg", "片.mp4")
