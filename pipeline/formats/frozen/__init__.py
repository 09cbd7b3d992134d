"""Office documents as they were saved (固定): before a document is converted, what a program would work out anew is
replaced by what was stored. One module for each family of formats."""
