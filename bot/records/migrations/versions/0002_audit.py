"""Administrative acts in the same chain, and ratings found by their reply."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Only nullable columns: what is not filled is not part of a row's digest, so older rows stay sound."""
    op.add_column("entries", sa.Column("act", sa.String(32)))
    op.add_column("entries", sa.Column("object", sa.Text))
    op.create_index("entries_reply", "entries", ["reply"])
