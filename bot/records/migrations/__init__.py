"""Alembic's scripts; they travel with the package."""
