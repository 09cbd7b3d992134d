"""lantai (兰台): a preservation pipeline for county archives. What it is made of is in DESIGN.md."""

__version__ = "0.2.0"
