"""How Redis is reached: by connections that fail soon and are never mended behind one's back.

redis-py would try ten times, and resubscribe by itself; what was lost meanwhile must be known.
"""

from typing import Any

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0  # seconds between attempts to connect
PATIENCE = 3.0  # seconds for Redis to answer


def options(retry: object) -> dict[str, Any]:
    """What every connection of ours is made with, synchronous or not. RESP2: a subscribed
    connection then carries nothing else."""
    return {
        "protocol": 2,
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry": retry,
        "client_name": "trialogue",
    }
