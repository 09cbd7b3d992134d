"""One module per revision (Alembic); a revision that has been released is never changed."""
