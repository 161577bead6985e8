"""Run by Alembic: applies the revisions on the connection that `migrate` hands over."""

from alembic import context

from trialogue.core.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table="chat_version",
    transactional_ddl=connection.dialect.name != "mysql",
    render_as_batch=False,
)
with context.begin_transaction():
    context.run_migrations()
