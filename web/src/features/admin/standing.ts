/** What one may do to another account, as the server's policy will judge it. Pure. */
import type { Account, WorkspaceRole } from "@/sync/wire";

export const ROLES: WorkspaceRole[] = ["guest", "member", "agent", "admin", "owner"];

const isHigh = (role: WorkspaceRole) => role === "admin" || role === "owner";

/** Owners manage every account but, here, their own; admins those that stand below admin. */
export function mayManage(mine: WorkspaceRole, meId: string, account: Account): boolean {
  if (account.id === meId || account.removed_at !== null || account.kind !== "human") return false;
  return mine === "owner" || !isHigh(account.role);
}

export function rolesToGive(mine: WorkspaceRole): WorkspaceRole[] {
  return mine === "owner" ? ROLES : ROLES.filter((role) => !isHigh(role));
}
