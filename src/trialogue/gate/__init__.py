"""Who comes in: by a login's token, a personal one, an outside issuer's, or a trusted gateway.

May touch: outside issuers, by HTTP. The database only through the `Database` it is handed.
HTTP and the realtime line both let people in through here.
"""
