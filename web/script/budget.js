/** Measures the JavaScript that the chat page needs before it works, brotli, against its budget. */
import { readFileSync, statSync } from "node:fs";

const BUDGET = 200_000;
const ENTRY = "index.html";
/** Loaded before the first words appear: the larger of the two languages counts. */
const LANGUAGES = /i18n\/[a-z-]+\.json$/;

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));

/** The size of the file as the build compressed it and the server sends it. */
function compressed(file) {
  return statSync(`dist/${file}.br`).size;
}

function needed(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const other of manifest[name].imports ?? []) needed(other, seen);
  return seen;
}

const files = [...needed(ENTRY)]
  .map((name) => manifest[name].file)
  .filter((f) => f.endsWith(".js"));
const sizes = files.map((file) => [file, compressed(file)]);
const languages = Object.keys(manifest)
  .filter((name) => LANGUAGES.test(name))
  .map((name) => [manifest[name].file, compressed(manifest[name].file)]);
sizes.push(languages.sort((a, b) => b[1] - a[1])[0]);

const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [file, size] of sizes) console.log(`${String(size).padStart(8)}  ${file}`);
console.log(
  `${String(total).padStart(8)}  of ${BUDGET} bytes of JavaScript (brotli) for the chat page`,
);
if (total > BUDGET) {
  console.error("The chat page is over its budget.");
  process.exit(1);
}
