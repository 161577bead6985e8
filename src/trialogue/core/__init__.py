"""The domain: rules over a SQLAlchemy `Session`, always called `db`.

May touch: a `Session`. Plain `def`, no `await`, no network, nothing of ours above this folder.
"""
