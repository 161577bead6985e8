/** Files for the photographs: landscapes of three colours, and papers. */
import { type NamedFile, png } from "../../e2e/support/pictures.ts";

type Colour = [number, number, number];

/** Sky, hills, foreground. */
const SCENES: [Colour, Colour, Colour][] = [
  [
    [244, 196, 148],
    [196, 112, 92],
    [62, 58, 84],
  ],
  [
    [168, 206, 222],
    [92, 148, 128],
    [38, 74, 66],
  ],
  [
    [236, 222, 186],
    [206, 164, 92],
    [110, 78, 48],
  ],
  [
    [190, 180, 222],
    [124, 108, 176],
    [52, 46, 92],
  ],
];

/** By the name: a picture of this size in one of the scenes, or a paper. */
export function sample(name: string): NamedFile {
  const size = /(\d+)x(\d+)/u.exec(name);
  if (!size) {
    const mimeType = name.endsWith(".pdf") ? "application/pdf" : "text/plain";
    const start = name.endsWith(".pdf") ? "%PDF-1.7\n" : "";
    return { name, mimeType, buffer: Buffer.from(start + "A page of text. ".repeat(26_000)) };
  }
  const [width, height] = [Number(size[1]), Number(size[2])];
  const scene = SCENES[(width + height) % SCENES.length] as [Colour, Colour, Colour];
  const pixels = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      pixels.set(colourAt(scene, x / width, y / height), y * (width * 3 + 1) + 1 + x * 3);
    }
  }
  return {
    name: name.replace(/-?\d+x\d+/u, ""),
    mimeType: "image/png",
    buffer: png(width, height, pixels),
  };
}

function colourAt([sky, hills, ground]: [Colour, Colour, Colour], x: number, y: number): Colour {
  const hill = 0.52 + 0.08 * Math.sin(x * 7) + 0.05 * Math.sin(x * 17);
  const near = 0.78 + 0.05 * Math.sin(x * 5 + 2);
  if (y > near) return ground;
  if (y > hill) return mixed(hills, ground, ((y - hill) / (near - hill)) * 0.5);
  return mixed(sky, hills, (y / hill) * 0.35);
}

function mixed(a: Colour, b: Colour, part: number): Colour {
  return a.map((value, at) => Math.round(value + ((b[at] ?? 0) - value) * part)) as Colour;
}
