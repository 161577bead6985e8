"""The raw limit of HTTP calls: FastAPI on uvicorn, routes that answer with bytes that are there."""

import os
import sys

import fastapi
import uvicorn

app = fastapi.FastAPI()
PAGE, MESSAGE = sys.stdin.buffer.read().split(b"\0")


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "healthy"}


@app.get("/api/v1/conversations/{conversation_id}/messages")
async def page(conversation_id: str) -> fastapi.Response:
    return fastapi.Response(PAGE, media_type="application/json")


@app.post("/api/v1/conversations/{conversation_id}/messages")
async def post(conversation_id: str, request: fastapi.Request) -> fastapi.Response:
    await request.body()
    return fastapi.Response(MESSAGE, 201, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(
        app,
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        log_config=None,
        timeout_keep_alive=600,  # seconds: lines wait while our server is measured
    )
