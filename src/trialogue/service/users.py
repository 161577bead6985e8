"""Users: make, find, change, remove."""

from sqlalchemy.orm import Session

from trialogue.core import accounts, checks, profiles, trusted, users, wire, workspaces
from trialogue.core.conversations import KEEP, Keep
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.service.calls import Calls


class Users(Calls):
    """The methods of users."""

    def create_user(
        self,
        username: str,
        display_name: str | None = None,
        avatar_url: str | None = None,
        *,
        email: str | None = None,
        session: Session | None = None,
    ) -> wire.User:
        """Make a user, who has no password: they can't log in until an admin gives them one.

        Args:
            username: 2 to 32 letters and digits of any script, `_`, `.` and `-`; unique without
                regard to case.
            display_name: As others see it, 1 to 80 characters; the username where left out.
            avatar_url: An `https://` address.
            email: Unique; seen only by themselves and admins.
            session: The session of a `transaction()`.

        Raises:
            InvalidError: An argument is not of this kind.
            ConflictError: The username or the e-mail address is taken.

        Example:
            >>> service.create_user("grace", "Grace Hopper").display_name
            'Grace Hopper'
        """
        return self._write(session, trusted.create_user, username, display_name, avatar_url, email)

    def get_user(self, user_id: str, *, session: Session | None = None) -> wire.User:
        """One user; who was deleted is a placeholder without a username.

        Raises:
            NotFoundError: There is no such user.

        Example:
            >>> service.get_user(ada.id).username
            'ada'
        """
        return self._read(session, trusted.get_user, user_id)

    def get_user_by_username(self, username: str, *, session: Session | None = None) -> wire.User:
        """The user of this name, without regard to case.

        Raises:
            NotFoundError: There is no such user.

        Example:
            >>> service.get_user_by_username("ADA") == ada
            True
        """
        return self._read(session, trusted.get_user_by_username, username)

    def search_users(
        self, query: str = "", *, limit: int = 50, session: Session | None = None
    ) -> list[wire.User]:
        """Users by username: those whose username begins with `query`, or whose display name has
        it anywhere. Who is deactivated is left out.

        Raises:
            InvalidError: `limit` is no whole number from 0 on.

        Example:
            >>> [user.username for user in service.search_users("lovelace")]
            ['ada']
        """
        return self._read(session, _search, query, limit)

    def update_user(
        self,
        user_id: str,
        *,
        username: str | None = None,
        display_name: str | None = None,
        avatar_url: str | Keep | None = KEEP,
        email: str | Keep | None = KEEP,
        locale: str | Keep | None = KEEP,
        time_zone: str | Keep | None = KEEP,
        session: Session | None = None,
    ) -> wire.User:
        """Change what is given; the rest stays. None clears what may be empty.

        Args:
            locale: A language tag (BCP 47), as `zh-Hans`.
            time_zone: A name of the IANA time zone database, as `Asia/Shanghai`.

        Raises:
            InvalidError, NotFoundError: See `create_user`.
            ConflictError: The username or the e-mail address is taken.

        Example:
            >>> service.update_user(ada.id, display_name="Countess").display_name
            'Countess'
        """
        given: dict[str, str | Keep | None] = {
            "username": KEEP if username is None else username,
            "display_name": KEEP if display_name is None else display_name,
            "avatar_url": avatar_url,
            "email": email,
            "locale": locale,
            "time_zone": time_zone,
        }
        changes = {name: value for name, value in given.items() if not isinstance(value, Keep)}
        return self._write(session, _change, user_id, changes)

    def delete_user(self, user_id: str, *, session: Session | None = None) -> bool:
        """Delete a user: what they wrote remains, under the name of nobody in particular, and
        they leave all rooms. Tells whether they were there to be deleted.

        Raises:
            NotFoundError: There has never been such a user.
            ConflictError: It is the last owner of the workspace.

        Example:
            >>> service.delete_user(ada.id), service.delete_user(ada.id)
            (True, False)
        """
        return self._write(session, _delete, user_id)


def _search(db: Session, query: str, limit: int) -> list[wire.User]:
    query, limit = checks.text(query, "query"), checks.count(limit, "limit")
    workspace_id = workspaces.find_default(db)
    if workspace_id is None or limit == 0:
        return []
    anyone = Actor("", workspace_id, "member", None)
    return users.page(db, anyone, query=query, limit=limit).items


_LONGEST = {"email": 254, "avatar_url": 1024, "username": 64, "locale": 16, "time_zone": 64}


def _change(db: Session, user_id: str, changes: dict[str, str | None]) -> wire.User:
    actor = trusted.actor(db, user_id)
    checked: dict[str, str | None] = {}
    for field, value in changes.items():
        if value is None:
            checked[field] = None
        elif field == "display_name":
            checked[field] = checks.name(value, field)
        else:
            checked[field] = checks.long_text(value, field, _LONGEST[field])
    profiles.write(db, actor.workspace_id, actor.user_id, checked)
    return trusted.get_user(db, actor.user_id)


def _delete(db: Session, user_id: str) -> bool:
    user_id = checks.identifier(user_id, "user_id")
    try:
        return accounts.remove_trusted(db, workspaces.ensure_default(db), user_id)
    except ChatError as error:
        if error.code != "not_found":
            raise
        raise ChatError("not_found", f"There is no user {user_id}.", field="user_id") from None
