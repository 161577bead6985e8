/** Pictures made for the journeys: PNG files of one colour. */
import { crc32, deflateSync } from "node:zlib";

export interface NamedFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

type Colour = [red: number, green: number, blue: number];

export function picture(
  name: string,
  width: number,
  height: number,
  colour: Colour = [40, 110, 90],
): NamedFile {
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from(colour))]);
  const pixels = Buffer.concat(Array.from({ length: height }, () => row));
  return { name, mimeType: "image/png", buffer: png(width, height, pixels) };
}

/** A PNG file of rows that begin with a zero, three bytes for each pixel. */
export function png(width: number, height: number, pixels: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...parts]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A file that compresses to nothing and is no picture. */
export function document(name: string, size: number): NamedFile {
  return { name, mimeType: "text/plain", buffer: Buffer.alloc(size, "All work and no play. ") };
}
