"""Who may do what: one small function per question. No route decides for itself."""

from dataclasses import dataclass

from trialogue.core.wire import WorkspaceRole


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user in a workspace, by one login (null for the trusted library)."""

    user_id: str
    workspace_id: str
    role: WorkspaceRole
    login_id: str | None
