"""Servers that tests talk to, started for the tests and stopped after them."""
