"""One module per family of formats, each ending in `HANDLER = FormatHandler(...)`; found by `pipeline.registry`."""
