"""Eight threads share one service: nothing is lost, and messages are numbered without gaps.

python examples/threads.py [sqlite:///chat_app.db]
"""

import sys
from concurrent.futures import ThreadPoolExecutor

from trialogue import ChatService, init_chats_db

THREADS, MESSAGES = 8, 25


def talk(service: ChatService, conversation_id: str, number: int) -> None:
    """One person joins and says something, again and again."""
    user = service.create_user(f"worker{number}", f"Worker {number}")
    service.add_user_to_conversation(conversation_id, user.id)
    for count in range(MESSAGES):
        service.send_message(conversation_id, user.id, f"{user.display_name} says {count}")


def main() -> None:
    """Let them talk, then count."""
    url = sys.argv[1] if len(sys.argv) > 1 else "sqlite:///chat_app.db"
    init_chats_db(url)
    service = ChatService(url)
    room = service.create_conversation("Workshop")
    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(talk, service, room.id, number) for number in range(THREADS)]:
            done.result()
    history = service.get_conversation_messages(room.id, limit=THREADS * MESSAGES + 1)
    numbers = sorted(message.seq for message in history)
    print(f"{len(history)} messages, numbered {numbers[0]} to {numbers[-1]}")
    print("without gaps" if numbers == list(range(1, len(numbers) + 1)) else "with gaps")


if __name__ == "__main__":
    main()
