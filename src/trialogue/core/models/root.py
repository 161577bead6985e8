"""The root of all tables."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from trialogue.core.creation import Scoped

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(Scoped, DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMES)
