"""Passwords: argon2id, salted, and as slow for nobody as for somebody."""

import pytest
from argon2 import extract_parameters
from argon2.exceptions import VerifyMismatchError

from trialogue.core.passwords import Passwords

CHEAP = Passwords(time_cost=1, memory=64)


def test_a_password_is_kept_as_a_salted_argon2id_hash() -> None:
    one, other = CHEAP.hash("correct horse"), CHEAP.hash("correct horse")
    assert one.startswith("$argon2id$")
    assert one != other
    assert CHEAP.verify(one, "correct horse")
    assert not CHEAP.verify(one, "wrong horse")


def test_the_work_factor_is_in_the_hash() -> None:
    assert "m=128,t=2,p=1" in Passwords(time_cost=2, memory=128).hash("x")


def test_without_a_hash_no_password_is_right() -> None:
    assert not CHEAP.verify(None, "nobody's password")
    assert not CHEAP.verify("", "nobody's password")
    assert not CHEAP.verify("not a hash", "x")


def test_the_decoy_for_nobody_is_as_much_work_as_the_hash_of_somebody() -> None:
    somebody = extract_parameters(CHEAP.hash("correct horse"))
    decoys = {Passwords(time_cost=1, memory=64)._decoy for _ in range(2)}
    assert [extract_parameters(decoy) for decoy in decoys] == [somebody, somebody]
    for decoy in decoys:
        with pytest.raises(VerifyMismatchError):  # not InvalidHashError, which takes no time
            CHEAP._hasher.verify(decoy, "nobody's password")


def test_passwords_of_every_script_are_told_apart() -> None:
    hashed = CHEAP.hash("密码密码密码密码")
    assert CHEAP.verify(hashed, "密码密码密码密码")
    assert not CHEAP.verify(hashed, "密码密码密码密碼")
