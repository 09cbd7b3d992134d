"""The index beside a package's tar: one JSON file, one line per member, readable without us.

One module per version of the format, never changed once a program that wrote it was released; `decode_index` picks
the one that an index names. What was read keeps its bytes as they were written (`PackageIndex.written`): they, and
not what this program would write today, are what a copy is compared with.
"""

from pipeline.codecs.index.formats import MAX_INDEX_BYTES, decode_index, encode_index, format_of, is_as_written
from pipeline.codecs.index.soundness import problem_of

__all__ = ["MAX_INDEX_BYTES", "decode_index", "encode_index", "format_of", "is_as_written", "problem_of"]
