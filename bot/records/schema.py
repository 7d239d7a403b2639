"""The tables. ``docs/records.md`` describes every column; a test compares the two."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

HEAD = "0002"
"""The newest migration; a test compares it with the scripts."""

metadata = MetaData()

entries = Table(
    "entries",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("time", String(24)),
    Column("type", String(16)),
    Column("key_id", String(8), nullable=False),
    Column("who", String(32)),
    Column("reply", String(32)),
    Column("channel", String(32)),
    Column("kind", String(16)),
    Column("verdict", String(16)),
    Column("tier", String(16)),
    Column("locations", Text),
    Column("guards", Text),
    Column("refusal", String(16)),
    Column("entities", Text),
    Column("model_vendor", Text),
    Column("model_name", Text),
    Column("model_version", Text),
    Column("edition", Text),
    Column("prompt_sha256", String(64)),
    Column("total_ms", Integer),
    Column("retrieve_ms", Integer),
    Column("first_token_ms", Integer),
    Column("generate_ms", Integer),
    Column("guard_ms", Integer),
    Column("rating", String(4)),
    Column("reason", Text),
    Column("act", String(32)),
    Column("object", Text),
    Column("salt", String(32)),
    Column("digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("purged", BigInteger),
    Index("entries_time", "time"),
    Index("entries_reply", "reply"),
)

head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("key_id", String(8), nullable=False),
    Column("mac", String(64), nullable=False),
)
