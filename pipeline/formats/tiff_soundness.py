"""Whether a TIFF is sound: its chain of directories, the place of its data, every pixel of every page.

Damaged is what lies beyond the end of the file or does not decode although libtiff knows its kind. Odd tags are told;
what nobody here decodes is told, too.
"""

from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import Soundness
from pipeline.domain.messages import Fact, Message, message, told_by_program
from pipeline.formats.handler import Examined, Original, could_not_tell, damaged, sound
from pipeline.formats.tiff_kinds import is_decoded_by_vips
from pipeline.tools import tiff, vips
from pipeline.tools.tiff_tags import Directory, plain_copy, read_directories
from pipeline.tools.toolbox import Toolbox

_TIFF = "image/tiff"
_WELL_KNOWN = {1, 2, 3, 4, 5, 7, 8, 32773, 32946}
"""Compressions that every libtiff can undo; of the others it depends on how it was built."""


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages to read, by number, with what they say of themselves."""

    path: Path
    directories: dict[int, Directory]

    @property
    def decodable(self) -> tuple[int, ...]:
        """Those that libvips decodes."""
        return tuple(page for page, each in self.directories.items() if is_decoded_by_vips(each))


def examined(original: Original, toolbox: Toolbox, agent: Agent) -> Examined:
    """Limits from the directories first, then every pixel of every page."""
    most = toolbox.limits.max_frames
    chain = tiff.read_chain(original.path, max_directories=most)
    count = max(1, len(chain.pages))
    if chain.fault:
        return Examined(soundness=damaged(agent, chain.fault), agent=agent, pages=count)
    directories = read_directories(original.path, max_directories=most)
    pages = _Pages(original.path, {page: directories[page] for page in chain.pages if page < len(directories)})
    if not pages.directories:
        return Examined(soundness=could_not_tell(agent, message("tiff_without_pages")), agent=agent)
    large = _too_large(pages, toolbox.limits.max_pixels)
    if large:
        return Examined(soundness=could_not_tell(agent, large), agent=agent, pages=count, too_large=large)
    cut = [page for page, each in pages.directories.items() if each.cut_short]
    if cut:
        return Examined(soundness=damaged(agent, message("page_beyond_end", page=cut[0] + 1)), agent=agent, pages=count)
    return Examined(soundness=_decoded(original, pages, toolbox, agent), agent=agent, pages=count)


def _too_large(pages: _Pages, most: int) -> Fact:
    for each in pages.directories.values():
        if each.width * each.height > most:
            return message("too_many_pixels", width=each.width, height=each.height, most=most)
    return ""


def _decoded(original: Original, pages: _Pages, toolbox: Toolbox, agent: Agent) -> Soundness:
    doubts = [_not_decoded(page, each) for page, each in pages.directories.items() if page not in pages.decodable]
    for page in pages.decodable:
        toolbox.announce(original.subject, original.size)
        fault = vips.decode(original.path, _TIFF, pages=1, only=page)
        if not fault.fault:
            continue
        if _is_whole_without_odd_tags(pages.path, page, toolbox):
            doubts.append(message("odd_tags", words=fault.fault))
            continue
        said = told_by_program(fault.fault)
        reason = said if len(pages.directories) == 1 else message("on_page", page=page + 1, reason=said)
        if fault.supported and pages.directories[page].compression in _WELL_KNOWN:
            return damaged(agent, reason)
        doubts.append(reason)
    return could_not_tell(agent, tuple(dict.fromkeys(doubts))) if doubts else sound(agent)


def _is_whole_without_odd_tags(path: Path, page: int, toolbox: Toolbox) -> bool:
    """Whether the page decodes without a complaint where it says nothing but what decoding needs."""
    with toolbox.scratch_folder() as scratch:
        plain = scratch / "plain.tif"
        plain_copy(path, plain, max_directories=toolbox.limits.max_frames)
        return not vips.decode(plain, _TIFF, pages=1, only=page).fault


def _not_decoded(page: int, directory: Directory) -> Message:
    return message(
        "page_of_rare_kind",
        page=page + 1,
        bits=directory.bits,
        form=directory.form,
        photometric=directory.photometric,
        compression=directory.compression,
    )
