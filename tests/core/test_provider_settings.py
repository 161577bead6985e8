"""What admins have set about providers: kept with the workspace, changed by one at a time."""

from tests.support.world import World
from trialogue.core import provider_settings
from trialogue.core.models import Workspace
from trialogue.core.provider_settings import Kept, ProviderSettings

NOTHING = ProviderSettings()
OPENAI = Kept("sealed", "https://models.example/v1")


def test_what_is_set_is_found_again_and_what_is_emptied_is_forgotten(world: World) -> None:
    ada = world.person("ada")
    assert world.do(provider_settings.find, world.workspace_id) == NOTHING
    changes = {"openai": OPENAI, "alibaba": Kept("sealed")}
    after = world.do(provider_settings.change, ada, NOTHING, changes, ["demo"])
    assert world.do(provider_settings.get, ada) == after
    assert (after.providers, after.chain) == (changes, ("demo",))
    last = world.do(provider_settings.change, ada, after, {"openai": Kept()}, None)
    assert last == ProviderSettings({"alibaba": Kept("sealed")}, ("demo",))


def test_other_settings_of_the_workspace_stay(world: World) -> None:
    ada = world.person("ada")
    with world.transaction() as db:
        db.get_one(Workspace, world.workspace_id).settings = {"color": "red"}
    world.do(provider_settings.change, ada, NOTHING, {"openai": OPENAI}, None)
    with world.transaction() as db:
        kept = db.get_one(Workspace, world.workspace_id).settings
    assert kept["color"] == "red"
    assert "sealed" not in repr(OPENAI)


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(world: World) -> None:
    ada = world.person("ada")
    world.do(provider_settings.change, ada, NOTHING, {"openai": OPENAI}, None)
    world.refuses("conflict", provider_settings.change, ada, NOTHING, {}, ["demo"])
    assert world.do(provider_settings.get, ada).chain == ()


def test_only_owners_and_admins_see_and_change_it(world: World) -> None:
    world.person("ada")
    bob = world.person("bob")
    world.refuses("forbidden", provider_settings.get, bob)
    world.refuses("forbidden", provider_settings.change, bob, NOTHING, {"openai": OPENAI}, None)
    assert world.do(provider_settings.find, world.workspace_id) == NOTHING
