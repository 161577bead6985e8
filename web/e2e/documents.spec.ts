/** The documents at `/docs` work under the policy that all pages have. */
import { expect, test } from "./support/test.ts";

test("the documents show the calls, and nothing breaks the policy", async ({ page, server }) => {
  const complaints: string[] = [];
  page.on("console", (line) => {
    if (line.type() === "error") complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const answer = await page.goto(`${server.url}/docs`);
  expect(answer?.headers()["content-security-policy"]).toContain("script-src 'self'");
  await expect(page.getByRole("heading", { name: /Trialogue/ })).toBeVisible();
  await expect(page.locator('[data-path="/api/v1/auth/login"]')).toBeVisible();
  expect(complaints).toEqual([]);
});
