"""The commands: serve, migrate, create-admin, reset-password, purge, doctor, openapi."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from trialogue import __version__, settings
from trialogue.core import logins, resets, retention, users, workspaces
from trialogue.core.arguments import Register
from trialogue.core.passwords import Passwords
from trialogue.settings import Settings

if TYPE_CHECKING:
    from trialogue.store.database import Database

app = typer.Typer(
    name="trialogue",
    help="One self-hosted chat platform for people, assistants and customers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """The entrance of the program."""
    with _failing_clearly():
        app()


@contextmanager
def _failing_clearly() -> Iterator[None]:
    """What the surroundings refuse (files, the database) ends the program with one line."""
    try:
        yield
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        raise SystemExit(f"{place}{error.strerror or error}") from None
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise SystemExit(f"The database refuses: {reason}") from None


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any.")] = None,
) -> None:
    """Serve the web client, the API and the realtime line."""
    from trialogue import server

    chosen = settings.load()
    given = {"host": host, "port": port}
    update = {name: value for name, value in given.items() if value is not None}
    server.run(chosen.model_copy(update=update))


@app.command()
def migrate() -> None:
    """Make the tables, or bring them up to date."""
    from trialogue.store import migrate as migrations

    chosen = settings.load()
    migrations.upgrade(chosen.database)
    revision, _ = migrations.revisions(chosen.database)
    typer.echo(f"The tables are at revision {revision}.")


@app.command("create-admin")
def create_admin(
    username: Annotated[str, typer.Argument(help="The new account's username.")],
    email: Annotated[str | None, typer.Option(help="Its e-mail address.")] = None,
) -> None:
    """Make an account with the role admin (the first account of a server becomes its owner).

    The password is asked for, or read from standard input where that is no terminal.
    """
    from trialogue.core.errors import ChatError
    from trialogue.store import migrate as migrations
    from trialogue.store.database import Database

    chosen = settings.load()
    account = _checked(username, _ask_password(), email)
    passwords = Passwords(time_cost=chosen.password_rounds, memory=chosen.password_memory)
    hashed = passwords.hash(account.password)
    migrations.upgrade(chosen.database)
    try:
        with Database(chosen.database).transaction() as db:
            role = _add_admin(db, account, hashed)
    except ChatError as error:
        raise SystemExit(error.detail) from None
    typer.echo(f"{username} is {role} now.")


def _checked(username: str, password: str, email: str | None) -> Register:
    try:
        return Register(username=username, password=password, email=email)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        raise SystemExit(f"{problem['loc'][0]}: {problem['msg']}") from None


def _add_admin(db: Session, account: Register, password_hash: str) -> str:
    workspace_id = workspaces.ensure_default(db)
    first = not users.has_owner(db, workspace_id)
    user_id = users.register(
        db,
        workspace_id,
        username=account.username,
        password_hash=password_hash,
        email=account.email,
    )
    if first:
        return "owner"
    users.grant_role(db, workspace_id, user_id, "admin")
    return "admin"


def _ask_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@app.command("reset-password")
def reset_password(
    username: Annotated[str, typer.Argument(help="Username or e-mail address of the account.")],
    ask: Annotated[
        bool,
        typer.Option("--password", help="Ask for the password (or read it from standard input)."),
    ] = False,
    url: Annotated[str | None, typer.Option(help="Where people reach the server.")] = None,
) -> None:
    """Print a one-time link by which someone sets a new password, good for a day.

    With --password it is set at once instead, and all logins of the account end.
    """
    from trialogue.store import migrate as migrations
    from trialogue.store.database import Database

    chosen = settings.load()
    password = _checked(username, _ask_password(), None).password if ask else None
    passwords = Passwords(time_cost=chosen.password_rounds, memory=chosen.password_memory)
    hashed = passwords.hash(password) if password is not None else None
    migrations.upgrade(chosen.database)
    with Database(chosen.database).transaction() as db:
        found = logins.find_account(db, username)
        if found is None:
            raise SystemExit(f"There is no account {username}, or it is deactivated.")
        if hashed is not None:
            resets.set_password(db, found.user_id, hashed)
            typer.echo(f"{username} has a new password; all logins have ended.")
            return
        secret, expires_at = resets.create(db, workspaces.ensure_default(db), found.user_id)
    place = (url or f"http://{chosen.host}:{chosen.port}").rstrip("/")
    typer.echo(f"{place}/reset?token={secret}")
    typer.echo(f"It works once, until {expires_at:%Y-%m-%d %H:%M} UTC.", err=True)


@app.command()
def purge(
    older_than: Annotated[
        int | None, typer.Option(min=1, metavar="DAYS", help="Age in days; else as set.")
    ] = None,
    conversation: Annotated[str | None, typer.Option(help="The id of the only one.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """Remove messages that are too old for good, in small portions.

    Where a room has a shorter time of its own, that one holds. A running server need not stop.
    """
    from trialogue.store import migrate as migrations
    from trialogue.store.database import Database

    chosen = settings.load()
    days = older_than or chosen.retention_days
    migrations.upgrade(chosen.database)
    database = Database(chosen.database)
    total = sum(
        _purge(database, conversation_id, days, dry_run=dry_run)
        for conversation_id in _due(database, days, conversation)
    )
    typer.echo(f"{total} messages {'are too old' if dry_run else 'are removed'}.")


def _due(database: "Database", days: int | None, only: str | None) -> Iterator[str]:
    if only is not None:
        yield only
        return
    after: str | None = None
    while True:
        with database.transaction() as db:
            due, after = retention.page_due(db, days, after=after)
        yield from due
        if after is None:
            return


def _purge(database: "Database", conversation_id: str, days: int | None, *, dry_run: bool) -> int:
    from trialogue.core.errors import ChatError

    total = 0
    try:
        while True:
            with database.transaction() as db:
                if dry_run:
                    return retention.count(db, conversation_id, days)
                done = retention.purge(db, conversation_id, days)
            total += done.count
            if not done.more:
                return total
    except ChatError as error:
        raise SystemExit(error.detail) from None


@app.command()
def doctor() -> None:
    """Check settings, data directory, database and web client; ends with 1 where one fails."""
    from trialogue import doctor as examination

    if not examination.examine(settings.load()):
        raise SystemExit(1)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document, with the socket's commands and events as components."""
    from trialogue.app import Parts, create_app

    # Not from the environment, and with a key that signs nothing: nothing is served.
    parts = Parts(Settings.model_construct(secret_key="-" * 32))
    typer.echo(json.dumps(create_app(parts=parts).openapi(), indent=2, ensure_ascii=False))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


if __name__ == "__main__":
    main()
