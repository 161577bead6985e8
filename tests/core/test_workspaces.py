"""The workspace is made once, whoever asks first."""

from tests.support.world import World
from trialogue.core import workspaces


def test_the_default_workspace_is_made_once(world: World) -> None:
    assert world.do(workspaces.ensure_default) == world.workspace_id


def test_a_fresh_workspace_is_in_its_first_generation(world: World) -> None:
    assert world.do(workspaces.generation, world.workspace_id) == 1
