"""A bot that answers whoever names it, once. It needs the package `websockets` and two settings:

TRIALOGUE_TOKEN=trg_… TRIALOGUE_URL=ws://127.0.0.1:8000 python examples/bot.py
"""

import asyncio
import json
import os

from websockets.asyncio.client import connect


async def main() -> None:
    address = os.environ.get("TRIALOGUE_URL", "ws://127.0.0.1:8000") + "/ws"
    headers = {"Authorization": f"Bearer {os.environ['TRIALOGUE_TOKEN']}"}
    async with connect(address, additional_headers=headers) as socket:
        me = json.loads(await socket.recv())["data"]["user"]
        print(f"{me['username']} listens", flush=True)
        async for text in socket:
            frame = json.loads(text)
            said = frame["data"] if frame.get("event") == "message.created" else None
            if said and me["id"] in said["mentions"] and me["id"] != said["sender"]["id"]:
                answer = f"You said: {said['content']}"
                where = {"conversation_id": said["conversation_id"], "parent_id": said["id"]}
                # With a client_id that follows from the question, no question is answered twice.
                args = {**where, "content": answer, "client_id": f"answer-{said['id']}"}
                await socket.send(json.dumps({"id": "1", "do": "messages.send", "args": args}))


asyncio.run(main())
