"""Checks of a package (信息包): one module each, ending with CHECK."""
