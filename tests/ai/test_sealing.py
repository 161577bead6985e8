"""Keys of providers are read with the secret that sealed them, and with no other."""

from trialogue.ai.sealing import seal, unseal

SECRET, OTHER = "a" * 48, "b" * 48


def test_what_was_sealed_is_read_with_the_same_secret_only() -> None:
    sealed = seal(SECRET, "sk-ключ-🔑")
    assert unseal(SECRET, sealed) == "sk-ключ-🔑"
    assert unseal(OTHER, sealed) is None


def test_what_is_sealed_shows_nothing_and_is_another_text_each_time() -> None:
    one, two = seal(SECRET, "sk-secret"), seal(SECRET, "sk-secret")
    assert one != two
    assert "sk-secret" not in one


def test_what_was_changed_or_is_no_sealed_text_is_not_read() -> None:
    sealed = seal(SECRET, "sk-secret")
    changed = sealed[:-5] + ("A" if sealed[-5] != "A" else "B") + sealed[-4:]
    for text in (changed, "", "sk-secret", "ключ"):
        assert unseal(SECRET, text) is None
