"""The register (登记): an index of what the stores hold and what waits. It can be rebuilt from the stores."""
