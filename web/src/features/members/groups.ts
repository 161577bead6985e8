/** Who stands with whom in the list of members. Pure. */
import type { User } from "@/sync/wire";

interface Groups<T> {
  online: T[];
  /** They are there whenever they are asked. */
  assistants: T[];
  offline: T[];
}

export function groupsOf<T extends { user: User }>(present: T[]): Groups<T> {
  const people = present.filter(({ user }) => user.kind !== "assistant");
  return {
    online: people.filter(({ user }) => user.online),
    assistants: present.filter(({ user }) => user.kind === "assistant"),
    offline: people.filter(({ user }) => !user.online),
  };
}
