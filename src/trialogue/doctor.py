"""Examines an installation: what is configured, what works, and what to do where it fails."""

import os
from collections.abc import Callable

from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import SQLAlchemyError

from trialogue.app import CLIENT
from trialogue.core.errors import ChatError
from trialogue.settings import Settings
from trialogue.store import engines, migrate


class Failed(Exception):
    """A check failed; the text says what to do."""


def examine(settings: Settings) -> bool:
    """Run all checks, print what each found, and tell whether all are well."""
    console = Console()
    checks: list[tuple[str, Callable[[Settings], str]]] = [
        ("Data directory", _data_directory),
        ("Secret key", _secret_key),
        ("Database", _database),
        ("Tables", _tables),
        ("File storage", _storage),
        ("Web client", _client),
    ]
    well = True
    for name, check in checks:
        try:
            _tell(console, "[green]ok[/]      ", f"{name}: {check(settings)}")
        except Failed as failure:
            well = False
            _tell(console, "[red]failed[/]  ", f"{name}: {failure}")
    return well


def _tell(console: Console, mark: str, text: str) -> None:
    """One line, however narrow the terminal: paths and commands are there to be copied."""
    console.print(mark + escape(text), highlight=False, soft_wrap=True)


def _data_directory(settings: Settings) -> str:
    folder = settings.data_dir.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failed(f"{folder} can't be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise Failed(f"{folder} is not writable for this user")
    return str(folder)


def _secret_key(settings: Settings) -> str:
    if settings.secret_key:
        return "from TRIALOGUE_SECRET_KEY"
    file = settings.data_dir / "secret_key"
    try:
        settings.signing_key()
    except OSError as error:
        raise Failed(f"{file} can't be made or read: {error.strerror}") from None
    if file.stat().st_mode & 0o077:
        raise Failed(f"others can read {file}; run: chmod 600 {file}")
    return f"in {file}"


def _database(settings: Settings) -> str:
    url = engines.parse(settings.database)
    engine = engines.synchronous(url)
    try:
        with engine.connect() as connection:
            version = connection.dialect.server_version_info or ()
            mariadb = getattr(connection.dialect, "is_mariadb", False)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise Failed(f"{url.render_as_string()} can't be reached: {reason}") from None
    finally:
        engine.dispose()
    name = "mariadb" if mariadb else url.get_backend_name()
    return f"{name} {'.'.join(map(str, version))}"


def _tables(settings: Settings) -> str:
    try:
        found, newest = migrate.revisions(settings.database)
    except SQLAlchemyError:
        raise Failed("unknown, since the database can't be reached") from None
    if found != newest:
        raise Failed(f"at revision {found or 'none'}, not {newest}; run: trialogue migrate")
    return f"at revision {found}"


def _storage(settings: Settings) -> str:
    kept = settings.files().blobs
    try:
        kept.check()
    except ChatError as error:
        raise Failed(error.detail) from None
    return f"{kept.kind}: {settings.storage}" if kept.kind == "s3" else "in the data directory"


def _client(_: Settings) -> str:
    if not (CLIENT / "index.html").is_file():
        raise Failed("not built; script/server builds it")
    return f"built in {CLIENT}"
