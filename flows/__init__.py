"""Prefect flows: the same routes as at one machine, scheduled, retried, shown in a console. No archival knowledge."""
