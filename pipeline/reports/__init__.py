"""Reports (检查报告) of what was found in a delivery: grouped for a screen, whole for the contractor."""
