"""Benchmarks: what the server achieves, beside what this machine allows in the same run.

May touch: the server as a process of its own, its data directory before it starts, `/proc`.
"""
