"""Replays deploy/Dockerfile without Docker and tries what it makes: `script/replay`.

May touch: a folder of its own, mount namespaces (as root, on Linux), package registries by pip and
npm, and the server that it starts.
"""
