"""Prefect flows: the same routes as at the desk, scheduled, retried, shown in a console. No archival knowledge."""
