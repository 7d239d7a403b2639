"""Run by Alembic with the connection, and inside the transaction, that ``bot.records.database`` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
