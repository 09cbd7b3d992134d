"""Checks: what judges material and packages. Nothing here builds them."""
