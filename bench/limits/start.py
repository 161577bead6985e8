"""The raw limit of a start: the libraries that our server stands on, and one empty route."""

import os

import fastapi
import sqlalchemy.ext.asyncio
import sqlalchemy.orm  # noqa: F401 — to be imported is what is measured
import uvicorn

app = fastapi.FastAPI()


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "healthy"}


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]), loop="uvloop", http="httptools", log_config=None)
