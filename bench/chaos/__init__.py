"""Many posts with random kills of the server, of clients and of their lines, and the proof that
nothing was lost, doubled or put out of order. `script/chaos --help` tells how.

May touch: a server of its own, processes of its own, a folder of its own.
"""
