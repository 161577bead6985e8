// OpenAI's own client, unmodified, asks an assistant: `node openai.js <address>/v1 <token> <model>`.
// Prints what it got as one line of JSON. Run by tests/e2e/test_other_clients.py.
import OpenAI, { NotFoundError } from "openai";

const [, , baseURL, apiKey, model] = process.argv;
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const messages = [{ role: "user", content: "Hello from Node" }];

const models = [];
for await (const found of client.models.list()) models.push(found.id);

const whole = await client.chat.completions.create({ model, messages });

const stream = await client.chat.completions.create({
  model,
  messages,
  stream: true,
  stream_options: { include_usage: true },
});
let text = "";
let usage = null;
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta.content ?? "";
  usage = chunk.usage ?? usage;
}

let refused = null;
try {
  await client.chat.completions.create({ model: "nobody", messages });
} catch (error) {
  refused = { known: error instanceof NotFoundError, code: error.code, param: error.param };
}

const answer = whole.choices[0].message.content;
process.stdout.write(JSON.stringify({ models, answer, text, usage, refused }));
