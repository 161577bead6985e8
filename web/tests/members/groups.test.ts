import { expect, it } from "vitest";
import { groupsOf } from "@/features/members/groups";
import { user } from "../builders";

it("people stand by whether they are there, assistants by themselves", () => {
  const present = [
    { user: { ...user("ada"), online: true } },
    { user: { ...user("iris"), kind: "assistant" as const, online: false } },
    { user: { ...user("tom"), online: false } },
  ];
  const { online, assistants, offline } = groupsOf(present);
  const names = [online, assistants, offline].map((group) => group.map(({ user }) => user.id));
  expect(names).toEqual([["ada"], ["iris"], ["tom"]]);
});
