"""Outside tokens: good ones name someone, all others are refused, and keys are fetched rarely."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from tests.support.issuer import AUDIENCE, Issuer
from trialogue.core.errors import ChatError
from trialogue.gate import issuers
from trialogue.gate.issuers import Verifier, Vouched
from trialogue.settings import Settings

SECRET = "a secret that is shared with the issuer"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer().serving() as made:
        yield made


def verifier(of: Issuer, *, pause: float = 0, **more: Any) -> Verifier:
    facts = {"jwks_url": of.jwks_url, "issuer": of.url, "audience": AUDIENCE, **more}
    return Verifier(issuers.Issuer(**facts), pause=pause)


def read(reader: Verifier, token: str) -> Vouched:
    return asyncio.run(reader.read(token))


def refuses(reader: Verifier, token: str, code: str = "unauthenticated") -> ChatError:
    with pytest.raises(ChatError) as refused:
        read(reader, token)
    assert refused.value.code == code
    return refused.value


@pytest.mark.parametrize("key_id", ["elliptic", "rivest"])
def test_a_token_signed_by_a_published_key_names_someone(issuer: Issuer, key_id: str) -> None:
    token = issuer.token(
        "42", key_id=key_id, name="Ada", preferred_username="ada", email="ada@example.org"
    )
    vouched = read(verifier(issuer), token)
    person = vouched.person
    assert (person.issuer, person.subject) == (issuer.url, "42")
    assert (person.username, person.display_name) == ("ada", "Ada")
    assert person.email is None  # the issuer does not say that it is hers
    proven = issuer.token(key_id=key_id, email="ada@example.org", email_verified=True)
    assert read(verifier(issuer), proven).person.email == "ada@example.org"


def test_a_shared_secret_serves_too(issuer: Issuer) -> None:
    reader = verifier(issuer, jwks_url=None, secret=SECRET)
    token = jwt.encode(issuer.claims(), SECRET, algorithm="HS256")
    assert read(reader, token).person.subject == "42"
    refuses(reader, jwt.encode(issuer.claims(), SECRET + "!", algorithm="HS256"))
    refuses(reader, issuer.token())  # there are no keys to verify it by


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "someone else"},
        {"aud": None},
        {"lifetime": -60},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 10**30},
        {"sub": None},
        {"sub": ""},
        {"sub": 42},
        {"nbf": 10**11},
    ],
    ids=str,
)
def test_what_a_token_must_say_is_checked(issuer: Issuer, wrong: dict[str, Any]) -> None:
    refuses(verifier(issuer), issuer.token(**wrong))


def forged(issuer: Issuer, header: dict[str, Any], key: bytes | None) -> str:
    """A token made by hand: libraries refuse to make it."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    signed = f"{part(json.dumps(header).encode())}.{part(json.dumps(issuer.claims()).encode())}"
    mac = hmac.new(key, signed.encode(), hashlib.sha256).digest() if key else b""
    return f"{signed}.{part(mac)}"


def test_the_algorithm_is_not_for_the_sender_to_choose(issuer: Issuer) -> None:
    both = verifier(issuer, secret=SECRET)
    for reader in (verifier(issuer), both):
        refuses(reader, forged(issuer, {"alg": "none"}, None))
        for key_id in ("elliptic", "rivest"):
            with_public_key = forged(issuer, {"alg": "HS256", "kid": key_id}, issuer.pem(key_id))
            refuses(reader, with_public_key)
        refuses(reader, forged(issuer, {"alg": "HS256", "kid": "shared"}, b"secret"))
        good = issuer.token(key_id="rivest")
        for header in ({"alg": "ES256", "kid": "rivest"}, {"alg": "RS256", "kid": "elliptic"}):
            tampered = forged(issuer, header, None) + good.rsplit(".", 1)[1]
            refuses(reader, tampered)
    for nonsense in ("", "a.b.c", "é", "x" * 5000):
        refuses(both, nonsense)


def test_a_tampered_token_is_refused(issuer: Issuer) -> None:
    header, _, signature = issuer.token().split(".")
    other = issuer.token("43").split(".")[1]
    refuses(verifier(issuer), f"{header}.{other}.{signature}")


def test_keys_are_fetched_once_and_again_for_an_unknown_one(issuer: Issuer) -> None:
    reader = verifier(issuer)

    async def many() -> None:
        tokens = [issuer.token(str(number)) for number in range(20)]
        await asyncio.gather(*(reader.read(token) for token in tokens))

    asyncio.run(many())
    assert issuer.fetches == 1
    issuer.add_ec("new")
    read(reader, issuer.token(key_id="new"))
    assert issuer.fetches == 2


def test_unknown_keys_do_not_make_the_server_ask_all_the_time(issuer: Issuer) -> None:
    reader = verifier(issuer, pause=3600)
    read(reader, issuer.token())
    stranger = Issuer()
    stranger.url = issuer.url
    stranger.add_ec("strange")
    for _ in range(5):
        refuses(reader, stranger.token(key_id="strange"))
    assert issuer.fetches == 1


def test_without_keys_it_is_unavailable_and_with_old_ones_it_goes_on(issuer: Issuer) -> None:
    reader = verifier(issuer)
    issuer.failing = True
    refuses(reader, issuer.token(), "unavailable")
    issuer.failing = False
    read(reader, issuer.token())
    issuer.failing = True
    issuer.add_ec("new")
    refuses(reader, issuer.token(key_id="new"), "unavailable")
    assert read(reader, issuer.token()).person.subject == "42"


def test_an_issuer_may_not_speak_for_the_gateway(issuer: Issuer) -> None:
    refuses(verifier(issuer, issuer=None), issuer.token(iss="gateway"))


def test_without_an_issuer_or_an_audience_set_any_will_do(issuer: Issuer) -> None:
    reader = verifier(issuer, issuer=None, audience=None)
    assert read(reader, issuer.token(aud="someone", iss="them")).person.issuer == "them"


def settings(**given: str) -> issuers.Issuer | None:
    return Settings(_env_file=None, **given).issuer()  # type: ignore[call-arg, arg-type]


def test_the_settings_say_whose_tokens_are_accepted() -> None:
    assert settings() is None
    assert settings(jwt_issuer="https://issuer.example") is None  # nothing to verify by
    shared = settings(jwt_secret=SECRET, jwt_audience="chat")
    assert shared == issuers.Issuer(secret=SECRET, audience="chat")


def test_a_supabase_project_stands_for_its_keys_issuer_and_audience() -> None:
    place = "https://project.supabase.example"
    found = settings(supabase_url=f"{place}/")
    assert found == issuers.Issuer(
        jwks_url=f"{place}/auth/v1/.well-known/jwks.json",
        issuer=f"{place}/auth/v1",
        audience="authenticated",
    )
    own = settings(supabase_url=place, jwks_url="https://keys.example", jwt_audience="chat")
    assert own is not None
    assert (own.jwks_url, own.audience) == ("https://keys.example", "chat")
