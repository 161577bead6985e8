/** The worker that finds colours. */
import type { Code } from "./colours";
import { tokensOf } from "./highlighter";

addEventListener("message", ({ data }: MessageEvent<Code>) => {
  postMessage(tokensOf(data.code, data.language));
});
