"""Who is connected to this node: users with their connections, and logins that ended lately."""

from collections.abc import Iterator

from trialogue.core.errors import ChatError
from trialogue.live import codes
from trialogue.live.channel import Connection, Listener
from trialogue.live.timers import Wheel

LOGIN_MEMORY = 60  # seconds; longer than any handshake may take


class Listeners:
    """An index of users, not of connections.

    `wide` are those who hear all their conversations, `narrow` those with connections that hear
    only one, by user and conversation.
    """

    def __init__(self, wheel: Wheel) -> None:
        self.wide: dict[str, Listener] = {}
        self.narrow: dict[str, dict[str, Listener]] = {}
        self._wheel = wheel
        self._ended: dict[str, int] = {}  # logins and users, with the tick in which they ended
        wheel.each_tick(self._forget_logins)

    def add(self, connection: Connection, user_id: str, scope: str | None) -> Listener:
        """Take a connection in: from now on it is found, and holds what comes for it.

        Raises ChatError `gone` when its login or account ended while it was being let in.
        """
        self.check(connection.login_id, user_id)
        listener = self._find(user_id, scope)
        if listener is None:
            listener = Listener(user_id, scope)
            if scope is None:
                self.wide[user_id] = listener
            else:
                self.narrow.setdefault(user_id, {})[scope] = listener
        listener.connections.append(connection)
        listener.changed()
        return listener

    def remove(self, connection: Connection) -> None:
        """Find a connection no more, nor its listener if it was the last one."""
        listener = connection.listener
        listener.connections.remove(connection)
        listener.changed()
        if listener.connections:
            return
        if listener.scope is None:
            del self.wide[listener.user_id]
        else:
            scopes = self.narrow[listener.user_id]
            del scopes[listener.scope]
            if not scopes:
                del self.narrow[listener.user_id]

    def has(self, user_id: str) -> bool:
        """Whether a user has a connection on this node."""
        return user_id in self.wide or user_id in self.narrow

    def of(self, user_id: str, conversation_id: str | None) -> Iterator[Listener]:
        """The listeners of a user whom an event about a conversation concerns."""
        if (listener := self.wide.get(user_id)) is not None:
            yield listener
        if conversation_id is not None:
            narrow = self._find(user_id, conversation_id)
            if narrow is not None:
                yield narrow

    def all_of(self, user_id: str) -> list[Listener]:
        """The listeners of a user, whatever they hear."""
        wide = self.wide.get(user_id)
        narrow = list(self.narrow.get(user_id, {}).values())
        return narrow if wide is None else [wide, *narrow]

    def users(self) -> set[str]:
        """All users who are connected."""
        return {*self.wide, *self.narrow}

    def logins(self) -> dict[str, str]:
        """The logins (and personal tokens) by which they came, each with its user."""
        return {
            connection.login_id: user_id
            for user_id in self.users()
            for listener in self.all_of(user_id)
            for connection in listener.connections
            if connection.login_id is not None
        }

    def _find(self, user_id: str, scope: str | None) -> Listener | None:
        if scope is None:
            return self.wide.get(user_id)
        return self.narrow.get(user_id, {}).get(scope)

    def check(self, login_id: str | None, user_id: str) -> None:
        """ChatError `gone` when a login or an account ended lately: a read may have been too
        early for it."""
        if login_id in self._ended or user_id in self._ended:
            raise ChatError("gone", "This login has ended.")

    def end_login(self, login_id: str, user_id: str) -> None:
        """Close all connections of a login, and let none in whose check is still under way."""
        self._ended[login_id] = self._wheel.now
        for listener in self.all_of(user_id):
            for connection in [
                connection for connection in listener.connections if connection.login_id == login_id
            ]:
                connection.close(codes.GONE, "this login has ended")

    def end_account(self, user_id: str) -> None:
        """Close all connections of a user, by whatever way they came, and let none in whose check
        is still under way."""
        self._ended.pop(user_id, None)  # the last to end stands last
        self._ended[user_id] = self._wheel.now
        for listener in self.all_of(user_id):
            for connection in tuple(listener.connections):
                connection.close(codes.GONE, "this account has ended")

    def revive_account(self, user_id: str) -> None:
        """An account is active again; its logins have ended all the same."""
        self._ended.pop(user_id, None)

    def _forget_logins(self) -> None:
        while self._ended:
            login_id, since = next(iter(self._ended.items()))
            if self._wheel.now - since < LOGIN_MEMORY:
                break
            del self._ended[login_id]
