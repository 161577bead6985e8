"""Alembic's environment and the revisions of our tables.

May touch: the connection it is handed.
"""
