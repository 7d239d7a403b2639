"""The chained rows of replies and ratings, and the head of the chain."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_WORDS = ("locations", "guards", "entities", "model_vendor", "model_name", "model_version", "edition", "reason")
_SHORT = {"type": 16, "who": 32, "reply": 32, "channel": 32, "kind": 16, "verdict": 16, "tier": 16, "refusal": 16}
_NUMBERS = ("total_ms", "retrieve_ms", "first_token_ms", "generate_ms", "guard_ms")


def upgrade() -> None:
    """See ``bot.records.schema``."""
    op.create_table(
        "entries",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("time", sa.String(24)),
        sa.Column("key_id", sa.String(8), nullable=False),
        *(sa.Column(name, sa.String(size)) for name, size in _SHORT.items()),
        *(sa.Column(name, sa.Text) for name in _WORDS),
        sa.Column("prompt_sha256", sa.String(64)),
        *(sa.Column(name, sa.Integer) for name in _NUMBERS),
        sa.Column("rating", sa.String(4)),
        sa.Column("salt", sa.String(32)),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("digest", "previous", "hash")),
        sa.Column("purged", sa.BigInteger),
    )
    op.create_index("entries_time", "entries", ["time"])
    op.create_table(
        "head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )
