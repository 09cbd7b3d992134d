"""Stages (环节): one module and one function each, value in, value out."""
