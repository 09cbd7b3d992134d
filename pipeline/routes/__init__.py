"""The order of the stages, once: ingest, audit, verify, access, rebuild."""
