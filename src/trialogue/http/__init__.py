"""The HTTP API: one file per noun, over the same core functions as the socket.

May touch: FastAPI. The database only through the `Database` it is handed.
"""
