"""A bot inside a program of one's own: it answers whoever names it, and needs no server.

echo "Are you there, @echo?" | python examples/embedded_bot.py [sqlite:///chat_app.db]

With REDIS_URL it also answers those who talk on a server over the same database.
"""

import queue
import sys
import threading

from trialogue import ChatService, Event, NotFoundError, init_chats_db, wire


def person(service: ChatService, username: str) -> wire.User:
    """The user of this name, who is made at the first run."""
    try:
        return service.get_user_by_username(username)
    except NotFoundError:
        return service.create_user(username)


def answer(service: ChatService, bot: wire.User, asked: wire.LiveMessage) -> wire.Message:
    """Say it again. With a client_id that follows from the question, none is answered twice."""
    return service.send_message(
        asked.conversation_id,
        bot.id,
        f"You said: {asked.content}",
        parent_id=asked.id,
        client_id=f"answer-{asked.id}",
    )


def main() -> None:
    """Say what comes on standard input in a room where the bot is, and print its answers."""
    url = sys.argv[1] if len(sys.argv) > 1 else "sqlite:///chat_app.db"
    init_chats_db(url)
    service = ChatService(url)
    bot, you = person(service, "echo"), person(service, "you")
    room = service.create_conversation("Echo chamber", member_ids=[bot.id, you.id])
    questions: queue.SimpleQueue[wire.LiveMessage | None] = queue.SimpleQueue()

    def hear(event: Event) -> None:  # in the thread that has committed: be quick
        said = event.data
        if event.name != "message.created" or not isinstance(said, wire.LiveMessage):
            return
        if bot.id in said.mentions and said.sender.id != bot.id:
            questions.put(said)

    def work() -> None:
        while (asked := questions.get()) is not None:
            print(answer(service, bot, asked).content, flush=True)

    with service.listen(hear):
        worker = threading.Thread(target=work)
        worker.start()
        for line in sys.stdin:
            service.send_message(room.id, you.id, line.strip())
        questions.put(None)
        worker.join()
    service.close()


if __name__ == "__main__":
    main()
