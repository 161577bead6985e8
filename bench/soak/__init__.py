"""Mixed load for a while, and the proof that a server gives back what it took: memory stays flat,
and no task, socket, file or connection is left. `script/soak --help` tells how.

May touch: a server of its own, over HTTP and sockets.
"""
