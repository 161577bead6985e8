"""Assistants' models: what is sent to them, who is asked, and what comes back.

May touch: model providers, by HTTP. The database only through the `Database` it is handed.
`pydantic_ai` is loaded when a model is first asked, never before.
"""
