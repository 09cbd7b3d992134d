"""Whether a folder is a complete and valid BagIt bag (RFC 8493), versions 0.93 to 1.0."""

from pipeline.checks.bag._report import BagFile, BagReport
from pipeline.checks.bag._validate import validate_bag

__all__ = ["BagFile", "BagReport", "validate_bag"]
