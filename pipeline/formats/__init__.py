"""Formats: one handler per family, each of which examines originals and makes reading copies."""
