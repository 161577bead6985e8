"""Groups of routes that are limited besides all calls of a user, and what a call of them costs.

What is sent as a message is counted where it is sent (`gate/sending.py`), and each reply that an
assistant is asked for when it is promised.
"""

from collections.abc import Mapping

from trialogue.gate.limiter import CREATIONS, SEARCHES, SENDS, UPLOADS, Limit

ASKING = 5  # messages that cost as much as asking an assistant

_API = "/api/v1"
_ROOM = f"{_API}/conversations/{{conversation_id}}"
_MESSAGE = f"{_API}/messages/{{message_id}}"

GROUPS: Mapping[tuple[str, str], tuple[Limit, float]] = {
    ("GET", f"{_API}/search"): (SEARCHES, 1),
    ("GET", f"{_API}/users"): (SEARCHES, 1),
    ("POST", f"{_API}/attachments"): (UPLOADS, 1),
    ("PUT", f"{_API}/users/me/avatar"): (UPLOADS, 1),
    ("PUT", f"{_ROOM}/avatar"): (UPLOADS, 1),
    ("POST", f"{_API}/conversations"): (CREATIONS, 1),
    ("POST", f"{_ROOM}/sessions"): (CREATIONS, 1),
    ("POST", f"{_ROOM}/members"): (CREATIONS, 1),
    ("POST", f"{_API}/invites"): (CREATIONS, 1),
    ("POST", f"{_API}/auth/tokens"): (CREATIONS, 1),
    ("POST", f"{_ROOM}/messages"): (SENDS, 0),  # told in headers, and counted when it is sent
    ("PATCH", _MESSAGE): (SENDS, 1),
    ("DELETE", _MESSAGE): (SENDS, 1),
    ("PUT", f"{_MESSAGE}/reactions/{{emoji}}"): (SENDS, 1),
    ("DELETE", f"{_MESSAGE}/reactions/{{emoji}}"): (SENDS, 1),
    ("POST", "/v1/chat/completions"): (SENDS, ASKING),
}
