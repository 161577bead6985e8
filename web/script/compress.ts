/** Compresses what is built, once, so that the server sends it without working on it. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import type { Plugin } from "vite";

export function compress(): Plugin {
  let folder = "";
  return {
    name: "compress",
    apply: "build",
    configResolved(config) {
      folder = `${config.root}/${config.build.outDir}/assets`;
    },
    closeBundle() {
      for (const name of readdirSync(folder)) {
        if (/\.(js|css|svg)$/.test(name)) writeCompressed(`${folder}/${name}`);
      }
    },
  };
}

function writeCompressed(file: string): void {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params }));
}
