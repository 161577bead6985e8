"""The bus: committed events, from whoever committed them to the hubs of all nodes.

May touch: Redis. `MemoryBus` serves one process, `RedisBus` many; `publisher.py` is the
library's way onto it, by a thread. What crosses is written by `codec.py`.
"""

from trialogue.live.bus.memory import Bus, MemoryBus

__all__ = ["Bus", "MemoryBus"]
