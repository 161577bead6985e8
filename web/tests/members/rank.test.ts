import { expect, it } from "vitest";
import { mayRemove, rolesToGive } from "@/features/members/rank";

it("whoever moderates removes those below", () => {
  expect(mayRemove("moderator", "member")).toBe(true);
  expect(mayRemove("moderator", "moderator")).toBe(false);
  expect(mayRemove("member", "member")).toBe(false);
  expect(mayRemove("admin", "owner")).toBe(false);
});

it("owners give every role, admins those below their own to members below them", () => {
  expect(rolesToGive("owner", "admin")).toEqual(["member", "moderator", "admin", "owner"]);
  expect(rolesToGive("admin", "member")).toEqual(["member", "moderator"]);
  expect(rolesToGive("admin", "admin")).toEqual([]);
  expect(rolesToGive("moderator", "member")).toEqual([]);
});
