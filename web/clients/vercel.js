// The Vercel AI SDK's transport, as `useChat` has it by default, talks to `/api/chat`:
// `node vercel.js <address> <token> <JSON: {do, chatId, id, text, messageId, assistantId}>`.
// Prints the chunks and the last form of the message as one line of JSON. Run by
// tests/e2e/test_other_clients.py.
import { DefaultChatTransport, readUIMessageStream } from "ai";

const [, , address, token, asked] = process.argv;
const { do: verb, chatId, id, text, messageId, assistantId } = JSON.parse(asked);
const transport = new DefaultChatTransport({
  api: `${address}/api/chat`,
  headers: { Authorization: `Bearer ${token}` },
  body: { assistant_id: assistantId },
});

const stream =
  verb === "resume"
    ? await transport.reconnectToStream({ chatId })
    : await transport.sendMessages({
        chatId,
        trigger: verb === "regenerate" ? "regenerate-message" : "submit-message",
        messageId,
        messages: [{ id, role: "user", parts: [{ type: "text", text }] }],
      });

if (stream === null) {
  process.stdout.write(JSON.stringify({ nothing: true }));
} else {
  const [copy, read] = stream.tee();
  const errors = [];
  let message = null;
  const chunks = [];
  const reading = (async () => {
    const options = { stream: read, onError: (error) => errors.push(error.message) };
    for await (const state of readUIMessageStream(options)) message = state;
  })();
  for await (const chunk of copy) chunks.push(chunk);
  await reading;
  process.stdout.write(JSON.stringify({ chunks, message, errors }));
}
