"""What this process has read so far, as the kernel counts it."""

import re
from pathlib import Path


def bytes_read() -> int:
    """Bytes that were asked of files and sockets, from the page cache or not."""
    found = re.search(r"^rchar: (\d+)$", Path("/proc/self/io").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])
