/** What axe says of a page: nothing serious, nothing critical. */
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import type { Person } from "./person.ts";

export async function expectNoFindings(person: Person, page: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page: person.page }).analyze();
  const findings = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${page}: ${id} at ${nodes.map((node) => node.html).join(" and ")}`);
  expect(findings).toEqual([]);
}
