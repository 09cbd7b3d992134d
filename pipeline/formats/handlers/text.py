"""Text: reads to its end as UTF-8, UTF-16 or GB18030. It is its own reading copy."""

import codecs
import platform
from collections.abc import Iterator
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import TEXT
from pipeline.domain.messages import message
from pipeline.formats.handler import (
    Action,
    Examined,
    FormatHandler,
    Made,
    NoParameters,
    Original,
    Refused,
    Taking,
    could_not_tell,
    sound,
)
from pipeline.tools import xml_shape
from pipeline.tools.toolbox import Toolbox

_CHUNK = 2**20
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MARKED_UP = {"text/xml"}
_ENCODINGS = ("utf-8", "gb18030")


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Tries the encodings in use here, in one pass. Bytes that fit none may be text all the same, in another. XML must
    be well formed besides."""
    agent = Agent(name="Python codecs", version=platform.python_version())
    encoding = encoding_of(original.path)
    if not encoding:
        reason = message("text_encoding_unknown", one=_ENCODINGS[0], other=_ENCODINGS[1])
        return Examined(soundness=could_not_tell(agent, reason), agent=agent)
    facts = (("lantai", "encoding", encoding),)
    if original.format.media_type in _MARKED_UP:
        found = xml_shape.shape(original.path, encoding=encoding)
        if found.fault:
            reason = message("xml_malformed", reason=found.fault)
            return Examined(soundness=could_not_tell(agent, reason), agent=agent, facts=facts)
    return Examined(soundness=sound(agent), agent=agent, facts=facts)


def encoding_of(path: Path) -> str:
    """The first encoding in which every byte makes sense, or an empty string."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        marked = [name for mark, name in _MARKS if head.startswith(mark)]
        decoders = {name: codecs.getincrementaldecoder(name)() for name in marked or _ENCODINGS}
        chunk = b"?"
        while chunk and decoders:
            chunk = file.read(_CHUNK)
            for name, decoder in list(decoders.items()):
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError:
                    del decoders[name]
    return next(iter(decoders), "")


def keep(
    originals: tuple[Original, ...], parameters: NoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """Nothing needs to be made."""
    yield from ()


HANDLER = FormatHandler(kinds=(TEXT,), examine=examine, actions={"keep": Action(make=keep, taking=Taking.GROUP)})
