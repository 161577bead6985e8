"""A run that requires a service fails when it is missing, even if no test asks for it."""

from tests.support import services


def test_required_services_are_within_reach() -> None:
    for service in services.required():
        assert services.find(service)
