"""Checks of a delivery (移交批次): one module each, ending with CHECK."""
