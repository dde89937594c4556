"""Runs the steps on the connection that the caller has opened."""

from alembic import context

from analyzer.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can't alter a column in place
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
