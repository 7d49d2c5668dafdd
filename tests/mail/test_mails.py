"""The mails: to whom, saying what, once, whatever the mail server does."""

import threading

import pytest
from support.office import BASE, Office, mails_to
from support.postbox import Postbox, text_of, token_in
from support.shop import Person, Shop

from storefold.bootstrap import WriteSide
from workers import mail as module
from workers.mail import Mails
from write_side.account.commands import DeactivateAccount, DeleteAccount, ImportCustomer, RevokeRole, VerifyEmail
from write_side.messages import Actor
from write_side.order.commands import CancelOrder, DeliverOrder, MoveOrder, PlaceOrder, ShipOrder, StartOrder
from write_side.secrets.one_time_tokens import VERIFY_EMAIL, OneTimeTokens

Placed = tuple[int, str]
"""An order's id and number."""


@pytest.fixture
def buyer(shop: Shop) -> Person:
    return shop.person()


@pytest.fixture
def order(shop: Shop, buyer: Person) -> Placed:
    """One that was paid."""
    shop.add(buyer, shop.product(price="20.00"))
    placed = shop.do(PlaceOrder(), buyer).result
    shop.pay(buyer, placed["order_id"], "20.00")
    return placed["order_id"], placed["number"]


def carry_out(office: Office, mails: Mails, kind: str) -> None:
    for wanted in office.write_down(kind):
        mails.carry_out(wanted)


def test_verification(shop: Shop, office: Office, mails: Mails, box: Postbox, write_side: WriteSide) -> None:
    person = shop.person(email="Ada@Shop.test")
    [wanted] = office.write_down()
    mails.carry_out(wanted)
    [mail] = box.mails
    assert (mail["To"], box.recipients) == ("ada@shop.test", ["ada@shop.test"])
    assert mail["From"] == "Storefold <no-reply@shop.test>"
    assert mail["Message-ID"] == f"<mail-verification-{person.person_id}-{wanted.position}@shop.test>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert f"{BASE}/api/v1/auth/verify-email/?token=" in text_of(mail)
    assert mail["Content-Transfer-Encoding"] == "7bit", "a link that is cut in pieces is none"
    assert OneTimeTokens(write_side.log).find(token_in(mail), VERIFY_EMAIL) == person.person_id
    assert office.open_rows() == {}
    assert office.outcomes() == {wanted.effect.id: ("sent", None)}


def test_no_token_is_stored_in_clear(
    shop: Shop, office: Office, mails: Mails, box: Postbox, write_side: WriteSide
) -> None:
    shop.person()
    carry_out(office, mails, "verification")
    with write_side.log.connection() as conn:
        [(stored,)] = conn.execute("SELECT token_hash FROM one_time_tokens").fetchall()
    assert token_in(box.mails[0]).encode() not in bytes(stored)
    assert len(stored) == 32


def test_who_is_verified_or_shut_out_is_not_asked(shop: Shop, office: Office, mails: Mails, box: Postbox) -> None:
    verified, out = shop.person(), shop.person()
    shop.do(VerifyEmail(person_id=verified.person_id))
    shop.do(DeactivateAccount(person_id=out.person_id))
    carry_out(office, mails, "verification")
    assert box.mails == []
    assert {outcome for outcome, _ in office.outcomes().values()} == {"needless"}
    assert office.open_rows() == {}


def test_the_life_of_an_order(
    shop: Shop, office: Office, mails: Mails, box: Postbox, buyer: Person, order: Placed
) -> None:
    order_id, number = order
    shop.do(StartOrder(order_id=order_id))
    shop.do(ShipOrder(order_id=order_id, tracking_number="1Z999", carrier="UPS"))
    shop.do(DeliverOrder(order_id=order_id))
    for kind in ("payment", "shipping", "delivery"):
        carry_out(office, mails, kind)
    payment, shipping, delivery = box.to(buyer.email)
    assert len(box.mails) == 3
    for mail in box.mails:
        assert number in mail["Subject"] and number in text_of(mail)
    assert "20.00 USD" in text_of(payment)
    assert "1Z999" in text_of(shipping) and "UPS" in text_of(shipping)
    assert "delivered" in delivery["Subject"]


def test_a_parcel_without_a_number_says_so(
    shop: Shop, office: Office, mails: Mails, box: Postbox, buyer: Person, order: Placed
) -> None:
    order_id, _ = order
    shop.do(StartOrder(order_id=order_id))
    shop.do(MoveOrder(order_id=order_id, status="shipped", table="marketplace"))
    carry_out(office, mails, "shipping")
    assert "Tracking number: not known yet" in text_of(box.to(buyer.email)[-1])


def test_a_cancellation(shop: Shop, office: Office, mails: Mails, box: Postbox, buyer: Person, order: Placed) -> None:
    shop.do(CancelOrder(order_id=order[0]), buyer)
    carry_out(office, mails, "cancellation")
    [mail] = box.to(buyer.email)
    assert order[1] in mail["Subject"] and "cancelled" in mail["Subject"]


def test_low_stock_goes_to_administrators_and_the_owning_seller(
    shop: Shop, office: Office, mails: Mails, box: Postbox, buyer: Person
) -> None:
    owner, other = shop.person("seller"), shop.person("seller")
    boss, former, gone = shop.person("admin", "superadmin"), shop.person("admin"), shop.person("admin")
    shop.do(RevokeRole(person_id=former.person_id, role="admin"))
    shop.do(DeactivateAccount(person_id=gone.person_id))
    goods = shop.product("Kettle, 1.7 l – größer", stock=12, by=owner)
    shop.order(buyer, goods, 2)
    carry_out(office, mails, "alert")
    assert sorted(box.recipients) == sorted([owner.email, boss.email])
    assert other.email not in box.recipients
    for mail in box.mails:
        assert mail["Subject"] == "Low stock: Kettle, 1.7 l – größer"
        assert goods.sku in text_of(mail) and "10 left" in text_of(mail)
        assert len(mail["To"].addresses) == 1, "nobody reads the others' addresses"
    assert office.open_rows() == {}


def test_low_stock_is_told_once_and_again_after_restocking(
    shop: Shop, office: Office, mails: Mails, box: Postbox
) -> None:
    owner = shop.person("seller")
    goods = shop.product(stock=3, by=owner)
    shop.restock(goods, 2)
    shop.restock(goods, 30)
    shop.restock(goods, 1)
    for _ in range(2):
        carry_out(office, mails, "alert")
    assert ["3 left" in text_of(mail) for mail in box.to(owner.email)] == [True, False]
    assert "1 left" in text_of(box.mails[1])


def test_where_the_policy_says_so_low_stock_is_the_seller_s_own_affair(
    shop: Shop, office: Office, mails: Mails, box: Postbox, buyer: Person
) -> None:
    shop.person("admin")
    owner = shop.person("seller", first_name="Ada")
    sizes = [{"attributes": {"size": size}, "stock": 4} for size in ("S", "M")]
    fields = {"policy": "martaff", "low_stock_threshold": 5, "variants": sizes, "by": owner}
    goods = shop.product('Größe "S"', stock=0, **fields)
    shop.add(buyer, goods, 3, goods.variants[0]["variant_id"])
    shop.place(buyer)
    for _ in range(2):
        carry_out(office, mails, "alert")
    [mail] = box.mails
    assert box.recipients == [owner.email]
    assert mail["Subject"] == 'Low Stock Alert: Größe "S"'
    lines = [line for line in text_of(mail).splitlines() if line]
    assert lines == ["Hello Ada,", 'Your product "Größe "S"" is low on stock: 5 left.', "Please restock soon."]
    shop.product(stock=1, policy="martaff")  # nobody's
    carry_out(office, mails, "alert")
    assert len(box.mails) == 1


@pytest.mark.parametrize("policy", ["martaff", "store"])
def test_a_seller_who_is_gone_hears_of_nothing(
    shop: Shop, office: Office, mails: Mails, box: Postbox, policy: str
) -> None:
    here, gone = shop.person("seller"), shop.person("seller", first_name="Ada")
    for owner in (here, gone):
        shop.product(stock=1, policy=policy, low_stock_threshold=5, by=owner)
    shop.do(DeleteAccount(), gone)
    carry_out(office, mails, "alert")
    assert box.recipients == [here.email]
    assert sorted(outcome for outcome, _ in office.outcomes().values())[0] == "needless"
    assert office.open_rows() == {}


def test_a_low_product_of_nobody_s_in_a_shop_without_administrators(
    shop: Shop, office: Office, mails: Mails, box: Postbox
) -> None:
    shop.product(stock=3)
    carry_out(office, mails, "alert")
    assert box.mails == []
    assert [outcome for outcome, _ in office.outcomes().values()] == ["needless"]
    assert office.open_rows() == {}


def test_the_past_is_no_news(shop: Shop, office: Office) -> None:
    shop.do(ImportCustomer(source="shop", reference="17850"))
    shop.product(stock=1, by=Actor(service="import"))
    assert office.wanted() == []


def test_an_erased_person_gets_no_mail(
    shop: Shop, office: Office, mails: Mails, box: Postbox, buyer: Person, order: Placed, write_side: WriteSide
) -> None:
    carry_out(office, mails, "payment")  # the key is in this worker's memory now
    shop.do(CancelOrder(order_id=order[0]), buyer)
    with write_side.vault._database.connection.transaction():  # another process destroys it
        keys = write_side.vault._database.connection
        keys.execute("INSERT INTO destroyed_persons (person_id) VALUES (%s)", (buyer.person_id,))
        keys.execute("DELETE FROM person_keys WHERE person_id = %s", (buyer.person_id,))
    carry_out(office, mails, "cancellation")
    assert len(box.mails) == 1
    assert list(office.outcomes().values()) == [("sent", None), ("needless", None)]


# -- once -----------------------------------------------------------------------------------------


def test_a_task_that_comes_twice_sends_nothing_more(office: Office, mails: Mails, box: Postbox, order: Placed) -> None:
    [wanted] = office.write_down("payment")
    for _ in range(2):
        mails.carry_out(wanted)
    assert len(box.mails) == 1


def test_an_effect_that_is_opened_again_sends_nothing_more(
    office: Office, mails: Mails, box: Postbox, order: Placed
) -> None:
    """A dispatcher that died before its checkpoint writes rows down that were struck out meanwhile."""
    for _ in range(2):
        carry_out(office, mails, "payment")
    assert len(box.mails) == 1
    assert office.open_rows() == {}


def test_tasks_side_by_side_send_one_mail(office: Office, mails: Mails, box: Postbox, order: Placed) -> None:
    [wanted] = office.write_down("payment")
    box.wait = threading.Event()
    together = [threading.Thread(target=mails.carry_out, args=(wanted,)) for _ in range(4)]
    for one in together:
        one.start()
    for one in together[1:]:
        one.join(0.3)
    box.wait.set()
    for one in together:
        one.join()
    assert len(box.mails) == 1


def test_a_worker_that_cannot_say_that_it_sent_sends_the_same_mail_again(
    office: Office, mails: Mails, box: Postbox, order: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    [wanted] = office.write_down("payment")
    with monkeypatch.context() as patch:
        patch.setattr(module.mail_outcomes, "settle", die)
        with pytest.raises(Died):
            mails.carry_out(wanted)
    mails.carry_out(wanted)
    first, again = box.mails
    assert first["Message-ID"] == again["Message-ID"]


# -- the mail server ------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["451 4.3.0 Try later", "421 4.3.2 Closing", "drop"])
def test_a_failure_for_now_is_tried_again(
    office: Office, mails: Mails, box: Postbox, order: Placed, answer: str
) -> None:
    box.data = [answer]
    [wanted] = office.write_down("payment")
    mails.carry_out(wanted)
    assert box.mails == []
    assert 0 < office.open_rows()[wanted.effect.id] < 2
    assert office.outcomes() == {}
    mails.carry_out(wanted)
    assert len(box.mails) == 1
    assert office.open_rows() == {}


def test_an_answer_that_was_lost_brings_the_same_mail_again(
    office: Office, mails: Mails, box: Postbox, order: Placed
) -> None:
    box.data = ["drop-after"]
    [wanted] = office.write_down("payment")
    for _ in range(2):
        mails.carry_out(wanted)
    first, again = box.mails
    assert first["Message-ID"] == again["Message-ID"]


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_what_is_refused_for_good_is_recorded_without_what_the_server_said_of_whom(
    office: Office, mails: Mails, box: Postbox, order: Placed, buyer: Person, where: str
) -> None:
    setattr(box, where, [f"550 5.1.1 <{buyer.email}>: no such user here"])
    [wanted] = office.write_down("payment")
    for _ in range(2):
        mails.carry_out(wanted)
    assert box.mails == []
    assert office.open_rows() == {}
    assert office.outcomes() == {wanted.effect.id: ("refused", "550")}


def test_one_address_that_is_refused_keeps_nobody_else_from_hearing(
    shop: Shop, office: Office, mails: Mails, box: Postbox
) -> None:
    shop.person("admin")
    owner = shop.person("seller")
    shop.product(stock=1, by=owner)
    box.rcpt = ["550 no"]
    carry_out(office, mails, "alert")
    assert box.recipients == [owner.email]
    assert sorted(outcome for outcome, _ in office.outcomes().values()) == ["refused", "sent", "sent"]


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:1", ""])
def test_without_a_mail_server_mails_wait(office: Office, write_side: WriteSide, order: Placed, url: str) -> None:
    [wanted] = office.write_down("payment")
    mails_to(write_side, url).carry_out(wanted)
    assert set(office.open_rows()) == {wanted.effect.id}
    assert office.outcomes() == {}


def test_what_nobody_took_for_days_is_no_news_any_more(
    office: Office, write_side: WriteSide, order: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NEWS", -1)
    [wanted] = office.write_down("payment")
    mails_to(write_side, "smtp://127.0.0.1:1").carry_out(wanted)
    assert office.open_rows() == {}
    [(outcome, _)] = office.outcomes().values()
    assert outcome == "expired"
