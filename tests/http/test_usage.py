"""What models cost, over HTTP."""

from tests.http.shapes import invalid, is_time, refused
from tests.support.client import Caller

PATH = "/api/v1/usage"
SUM = {"key", "requests", "input_tokens", "output_tokens", "cost"}


def test_one_s_own_usage_is_told_by_day(api: Caller) -> None:
    ada = api.person()
    ada.post("/api/v1/chat", content="/help")
    found = ada.get(PATH).json()
    assert set(found) == {"since", "until", "by", "total", "items", "limits"}
    assert is_time(found["since"])
    assert set(found["total"]) == SUM
    assert found["total"]["requests"] == 1
    assert found["total"]["output_tokens"] > 0
    assert [set(each) for each in found["items"]] == [SUM]
    assert found["limits"] == {"user_tokens": None, "workspace_tokens": None}
    assert ada.get(PATH, to="2020-01-01T00:00:00Z").json()["total"]["requests"] == 0


def test_only_admins_see_what_others_used(api: Caller, admin: Caller) -> None:
    ada = api.person()
    ada.post("/api/v1/chat", content="/help")
    assert admin.get(PATH, user_id=ada.id).json()["total"]["requests"] == 1
    keys = [each["key"] for each in admin.get(PATH, everyone=True, by="user").json()["items"]]
    assert ada.id in keys
    refused(ada.get(PATH, user_id=admin.id), 403, "forbidden")
    refused(ada.get(PATH, everyone=True), 403, "forbidden")
    invalid(ada.get(PATH, by="moon"), "query", "by")
