/** Who may do what to whom in a room, as the server's policy will judge it. Pure. */
import type { Member } from "@/sync/wire";

export type Role = Member["role"];

/** From the lowest to the highest. */
export const ROLES: Role[] = ["member", "moderator", "admin", "owner"];

const rank = (role: Role) => ROLES.indexOf(role);

export function mayRemove(mine: Role, theirs: Role): boolean {
  return rank(mine) >= rank("moderator") && rank(theirs) < rank(mine);
}

/** The roles that one may give to somebody with this one. An owner may hand the room over. */
export function rolesToGive(mine: Role, theirs: Role): Role[] {
  if (mine === "owner") return ROLES;
  if (mine !== "admin" || rank(theirs) >= rank(mine)) return [];
  return ROLES.filter((role) => rank(role) < rank(mine));
}
