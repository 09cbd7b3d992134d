"""Tools: one program or library each, behind one module."""
