"""Close codes of sockets: what a client is to do next is said by the number alone."""

from trialogue.core.errors import ChatError

UNAUTHENTICATED = 4001  # get a new token
NOT_MEMBER = 4003
NOT_FOUND = 4004
GONE = 4009  # the account or the login has ended: stay away
PROTOCOL = 4400
TOO_SLOW = 4408  # this and the next two: come back with jitter, then resume
RESTART = 1012
OVERLOADED = 1013
LIMITED = 4429
INTERNAL = 1011

_OF = {
    "unauthenticated": UNAUTHENTICATED,
    "not_member": NOT_MEMBER,
    "forbidden": NOT_MEMBER,
    "not_found": NOT_FOUND,
    "gone": GONE,
    "limited": LIMITED,
}


def of(error: ChatError) -> int:
    """The code with which an error closes a socket; what may pass says: come back."""
    return _OF.get(error.code, OVERLOADED)
