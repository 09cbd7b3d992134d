"""The line: which stages a record goes through, as a table, and the one driver that takes it through them.

A stage is one module in `stages/` and one row in `table`. What calls the line (`routes/`) names no stage.
"""
