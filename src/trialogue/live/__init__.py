"""The realtime line: sockets, who listens on this node, and the bus between nodes.

May touch: sockets, Redis. The database only through the `Database` it is handed.
"""
