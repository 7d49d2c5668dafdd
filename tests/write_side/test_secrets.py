"""Secrets are no events: passwords, sign-in and refresh tokens, against the real tables."""

from datetime import timedelta

import bcrypt
import psycopg
import pytest
from support.databases import Databases
from support.shop import PASSWORD, Shop

from write_side.account.commands import ChangePassword, DeactivateAccount, ReactivateAccount, UpdateProfile, VerifyEmail
from write_side.account.decide import EmailTaken, WrongPassword
from write_side.messages import ANONYMOUS
from write_side.refusals import Unauthenticated
from write_side.secrets.passwords import hash_password, verify_password

NEW = "another horse battery"


def test_hashes_are_argon2id_and_verify_every_byte() -> None:
    long = "ü" * 500
    stored = hash_password(long)
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, long)
    assert not verify_password(stored, long[:-1])
    assert hash_password(long) != stored


def test_a_bcrypt_hash_brought_from_elsewhere_still_verifies() -> None:
    stored = bcrypt.hashpw(b"old secret", bcrypt.gensalt(4)).decode()
    assert verify_password(stored, "old secret")
    assert not verify_password(stored, "new secret")


@pytest.mark.parametrize("stored", [None, "", "no hash at all", "$argon2id$broken", "$2b$broken"])
def test_no_hash_and_broken_ones_fit_nothing(stored: str | None) -> None:
    assert not verify_password(stored, "no account has this password")


def test_a_person_signs_in_by_address_in_any_letters_and_password(shop: Shop) -> None:
    jo = shop.person("buyer", "seller", email="Jo@Shop.test", first_name="Jo")
    sign_in = shop.write_side.sign_in
    identity = sign_in.with_password(" JO@shop.TEST ", PASSWORD)
    assert identity is not None
    assert (identity.person_id, identity.email, identity.first_name) == (jo.person_id, "jo@shop.test", "Jo")
    assert (identity.roles, identity.verified) == (frozenset({"buyer", "seller"}), False)
    assert sign_in.with_password("jo@shop.test", PASSWORD + "x") is None
    assert sign_in.with_password("al@shop.test", PASSWORD) is None


def test_who_is_shut_out_cannot_sign_in_and_can_again_when_let_in(shop: Shop) -> None:
    jo = shop.person(email="jo@shop.test")
    sign_in = shop.write_side.sign_in
    shop.do(DeactivateAccount(person_id=jo.person_id))
    assert sign_in.with_password("jo@shop.test", PASSWORD) is sign_in.identity(jo.person_id) is None
    shop.do(ReactivateAccount(person_id=jo.person_id))
    assert sign_in.with_password("jo@shop.test", PASSWORD) is not None


def test_verification_shows_at_the_next_sign_in(shop: Shop) -> None:
    jo = shop.person()
    shop.do(VerifyEmail(person_id=jo.person_id))
    identity = shop.write_side.sign_in.identity(jo.person_id)
    assert identity is not None and identity.verified


def test_a_password_is_changed_by_who_knows_it(shop: Shop, databases: Databases) -> None:
    jo = shop.person(email="jo@shop.test")
    with pytest.raises(WrongPassword):
        shop.do(ChangePassword.model_validate({"old_password": "wrong", "new_password": NEW}), jo)
    assert shop.write_side.sign_in.with_password("jo@shop.test", PASSWORD)
    shop.do(ChangePassword.model_validate({"old_password": PASSWORD, "new_password": NEW}), jo)
    assert shop.write_side.sign_in.with_password("jo@shop.test", NEW)
    assert shop.write_side.sign_in.with_password("jo@shop.test", PASSWORD) is None
    with psycopg.connect(databases.owner_dsn) as owner:
        events = owner.execute("SELECT data FROM history WHERE event = 'account.password-changed'").fetchall()
    assert events == [({"person_id": jo.person_id},)]


def test_nobody_changes_no_password_and_no_profile(shop: Shop) -> None:
    change = ChangePassword.model_validate({"old_password": PASSWORD, "new_password": NEW})
    for command in (change, UpdateProfile(first_name="Jo")):
        with pytest.raises(Unauthenticated):
            shop.do(command, ANONYMOUS)


def test_an_address_belongs_to_one_account(shop: Shop) -> None:
    shop.person(email="jo@shop.test")
    with pytest.raises(EmailTaken):
        shop.person(email="JO@SHOP.TEST")


# -- refresh tokens -------------------------------------------------------------------------------


def test_a_refresh_token_is_found_by_its_surface_until_it_is_revoked(shop: Shop, databases: Databases) -> None:
    tokens, hour = shop.write_side.refresh_tokens, timedelta(hours=1)
    token = tokens.issue(7, "store", hour, family=1)
    found = tokens.find(token, "store")
    assert found is not None and (found.person_id, found.family, found.surface) == (7, 1, "store")
    assert tokens.find(token, "native") is tokens.find(token + "x", "store") is None
    assert not tokens.revoke(token, person_id=8)  # somebody else's
    assert tokens.find(token, "store")
    assert tokens.revoke(token, person_id=7)
    assert not tokens.revoke(token, person_id=7)
    assert tokens.find(token, "store") is None
    with psycopg.connect(databases.owner_dsn) as owner:
        stored = owner.execute("SELECT refresh_tokens::text FROM refresh_tokens").fetchall()
    assert token not in str(stored)


def test_an_expired_refresh_token_is_none(shop: Shop) -> None:
    tokens = shop.write_side.refresh_tokens
    assert tokens.find(tokens.issue(7, "store", timedelta(seconds=-1), family=1), "store") is None
