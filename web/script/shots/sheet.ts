/** Puts the photographs of one page onto one sheet, by the browser itself. */
import type { Browser } from "@playwright/test";

export interface Shot {
  caption: string;
  isPhone: boolean;
  png: Buffer;
}

const STYLE = `
  body { margin: 0; padding: 16px; background: #777; color: #fff; font: 14px system-ui, sans-serif; }
  h1 { margin: 0 0 12px; font-size: 20px; }
  main { display: flex; gap: 16px; align-items: flex-start; }
  section { display: grid; grid-template-columns: auto auto; gap: 12px; }
  figure { margin: 0; }
  img { display: block; }
  .wide img { width: 720px; }
  .phone img { width: 234px; }
`;

export async function sheetOf(browser: Browser, title: string, shots: Shot[]): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 2020, height: 1000 } });
  await page.setContent(
    `<style>${STYLE}</style><h1>${title}</h1><main>
      <section class="wide">${figures(shots.filter((shot) => !shot.isPhone))}</section>
      <section class="phone">${figures(shots.filter((shot) => shot.isPhone))}</section>
    </main>`,
  );
  const png = await page.screenshot({ fullPage: true });
  await page.close();
  return png;
}

function figures(shots: Shot[]): string {
  const figure = ({ caption, png }: Shot) =>
    `<figure><figcaption>${caption}</figcaption>
      <img src="data:image/png;base64,${png.toString("base64")}" alt=""></figure>`;
  return shots.map(figure).join("");
}
