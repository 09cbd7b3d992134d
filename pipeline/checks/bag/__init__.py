"""Whether a folder is a complete and valid BagIt bag (RFC 8493), versions 0.93 to 1.0."""

from pipeline.checks.bag._inventory import open_regular
from pipeline.checks.bag._listings import manifest_of
from pipeline.checks.bag._report import EFFECTS, RESULT_EFFECTS, BagFile, BagReport
from pipeline.checks.bag._validate import validate_bag
from pipeline.checks.bag.hashing import normal_name

__all__ = [
    "EFFECTS",
    "RESULT_EFFECTS",
    "BagFile",
    "BagReport",
    "manifest_of",
    "normal_name",
    "open_regular",
    "validate_bag",
]
