"""Run by Alembic: applies the revisions on the connection that `migrate` hands over."""

from alembic import context

from trialogue.core.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table="chat_version",
    transactional_ddl=True,
    render_as_batch=False,
)
with context.begin_transaction():
    context.run_migrations()
