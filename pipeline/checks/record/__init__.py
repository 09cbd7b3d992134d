"""Checks of a record (件): one module each, ending with CHECK."""
