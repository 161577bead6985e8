"""The stage of the tests of models: a provider in a process of its own."""

from hypothesis import settings

from tests.support.provider import provider, provider_process

__all__ = ["provider", "provider_process"]

# A busy machine is not a fault of what is tested.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
