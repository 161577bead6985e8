"""Where the domain meets the world's storage: the door to the database, and migrations.

May touch: engines, drivers, disk, object storage.
"""
