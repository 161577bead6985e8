"""URLs to engines: drivers, pools, pragmas, isolation. Nothing connects here."""

import sqlite3
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

BUSY = 5  # seconds to wait for another process that writes to the same SQLite file
READERS = 4  # threads, each with a connection of its own, that read from SQLite or MySQL
POOL = 10  # connections to PostgreSQL, and those to MySQL that write
MYSQL_IDLE = 7_200  # seconds after which MySQL may close a connection that is not used
# Strict: what does not fit is an error, and not cut off with a warning.
MYSQL_SESSION = f"""SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
time_zone = '+00:00', wait_timeout = {MYSQL_IDLE}"""
IN_TRANSACTION = 0x0001  # the server's status flag
CONNECTION_KILLED, SHUTTING_DOWN = (1927,), (1053,)  # errors of the server
WRITER_CACHE, READER_CACHE = 16_000, 2_000  # KiB of SQLite's pages; the system keeps the file's


def parse(text: str) -> URL:
    """A database URL in its plain form with the driver that we use.

    Raises ValueError for what is no URL, or of a database that is not supported.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError(f"This is not a database URL: {text!r}") from None
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind in ("mysql", "mariadb"):
        if not url.database:
            raise ValueError("MySQL needs the name of a database: mysql://user@host/name")
        return url.set(drivername="mysql+pymysql")
    if kind == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///chat.db")
        return url.set(drivername="sqlite")
    raise ValueError(f"{kind} is not supported; use sqlite:///…, postgresql://… or mysql://…")


def sqlite(url: URL, *, read_only: bool, patience: float = 30) -> Engine:
    """An engine for one SQLite file; every writing transaction is BEGIN IMMEDIATE."""
    engine = create_engine(
        url,
        pool_size=READERS if read_only else 1,
        max_overflow=0 if read_only else 4,
        pool_timeout=patience,
        connect_args={"timeout": BUSY, "check_same_thread": False, "cached_statements": 512},
        query_cache_size=2_000,
        hide_parameters=True,  # they are people's messages and password hashes: not for logs
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver must not begin on its own
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.execute("PRAGMA foreign_keys = ON")
        _keep_log(connection)
        connection.execute("PRAGMA synchronous = FULL")
        cache = READER_CACHE if read_only else WRITER_CACHE
        connection.execute(f"PRAGMA cache_size = -{cache}")
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads before it writes could otherwise fail in its middle.
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _keep_log(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL, once in its life. SQLite does not wait for others that switch a
    blank file at the same moment, whatever its timeout: it says at once that it is locked."""
    for _ in range(BUSY * 20):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        time.sleep(0.05)
    connection.execute("PRAGMA journal_mode = WAL")


def sqlite_version(connection: PoolProxiedConnection) -> object:
    """A number that changes when another connection has committed to the file. Only to be
    compared with what the same connection has said before."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA data_version")
    row = cursor.fetchone()
    cursor.close()
    return row


def _lower(text: str | None) -> str | None:
    """SQLite's own lower() knows ASCII only, and would not find Иван by иван."""
    return None if text is None else str(text).lower()


def postgresql(url: URL) -> "AsyncEngine":
    """An asynchronous engine for PostgreSQL, READ COMMITTED."""
    from sqlalchemy.ext.asyncio import create_async_engine  # needs greenlet; the library does not

    return create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=5,
        connect_args={"connect_timeout": 5},
        isolation_level="READ COMMITTED",
        query_cache_size=2_000,
        hide_parameters=True,
    )


def mysql(
    url: URL, *, isolation_level: str = "READ COMMITTED", size: int = POOL, patience: float = 5
) -> Engine:
    """An engine for MySQL or MariaDB. The level is that of its connections: to change it for each
    transaction would cost round trips."""
    engine = create_engine(
        url.update_query_dict({"charset": "utf8mb4"}),
        pool_size=size,
        max_overflow=0,
        pool_timeout=patience,
        pool_recycle=MYSQL_IDLE // 2,
        pool_reset_on_return=None,
        connect_args={"connect_timeout": 5, "init_command": MYSQL_SESSION},
        isolation_level=isolation_level,
        query_cache_size=2_000,
        hide_parameters=True,
    )
    event.listen(engine, "reset", _end_transaction)
    event.listen(engine, "handle_error", _note_disconnect)
    return engine


def _end_transaction(connection: Any, _: object, __: object) -> None:
    """Roll back what a unit left open. The server has said with its last answer whether there is
    anything: the pool's own way is a round trip more for each transaction."""
    if connection.server_status & IN_TRANSACTION:
        connection.rollback()


def _note_disconnect(context: ExceptionContext) -> None:
    """MariaDB tells the end of a connection by codes that SQLAlchemy does not know."""
    if context.original_exception.args[:1] in (CONNECTION_KILLED, SHUTTING_DOWN):
        context.is_disconnect = True


def synchronous(url: URL, *, size: int = POOL, patience: float = 30) -> Engine:
    """An engine for commands and for the library: up to `size` connections (to SQLite one that
    writes), for which a thread waits up to `patience` seconds."""
    kind = url.get_backend_name()
    if kind == "sqlite":
        return sqlite(url, read_only=False)
    if kind == "mysql":
        return mysql(url, size=size, patience=patience)
    return create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=patience,
        connect_args={"connect_timeout": 5},
        isolation_level="READ COMMITTED",
        query_cache_size=2_000,
        hide_parameters=True,
    )


def synchronous_reading(url: URL, writing: Engine, *, patience: float = 30) -> Engine:
    """An engine on which all statements of one transaction see one moment, beside `writing`."""
    kind = url.get_backend_name()
    if kind == "sqlite":
        return sqlite(url, read_only=True, patience=patience)
    if kind == "mysql":
        return mysql(url, isolation_level="REPEATABLE READ", size=READERS, patience=patience)
    return writing.execution_options(isolation_level="REPEATABLE READ")
