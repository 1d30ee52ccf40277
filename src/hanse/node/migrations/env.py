"""Alembic's entry: it migrates on the connection that it is handed, and commits nothing itself."""

from alembic import context

from hanse.node.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
