"""Alembic's entrance: runs the migrations in the transaction that `revisions` has opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
