"""An event in, what it asks of the world outside out.

An effect is named by what it is for, so that whoever meets the same event twice meets the same
effect: its id names the task and is the root of Stripe's idempotency key, or of a mail's Message-ID.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

import msgspec

from write_side.account.events import (
    AccountErased,
    AccountRegistered,
    EmailChanged,
    LoginLinkRequested,
    PasswordResetRequested,
    ProfilePictureRemoved,
)
from write_side.catalog.product.events import ImageRemoved
from write_side.messages import Event, Metadata
from write_side.order.events import OrderCancelled, OrderDelivered, OrderPaid, OrderShipped
from write_side.payment.events import PaymentIntentCreated, PaymentRequested, RefundRequested
from write_side.stock.events import StockFellLow

WATCH_AFTER: Final = 60.0  # seconds that the news of a payment may take before somebody asks for it

LOADERS: Final = frozenset({"demo", "import"})
"""Services that bring in what was there before: nobody gets a mail about what they do."""


class Kind(StrEnum):
    """What there is to be done."""

    CREATE_INTENT = "create-intent"  # for an order; `number`: the attempt
    REFUND = "refund"  # of an order; `number`: the refund's
    CHECK_INTENT = "check-intent"  # whether an order's intent was paid, should the webhook not come
    ERASE_PERSON = "erase-person"  # destroys the person's key, and what is theirs outside of the log
    # Mails: `number` is the position of the event that they are about.
    MAIL_VERIFICATION = "mail-verification"  # to a person, at the address that they gave, as the next two
    MAIL_PASSWORD_RESET = "mail-password-reset"
    MAIL_LOGIN_LINK = "mail-login-link"
    MAIL_PAYMENT = "mail-payment"  # of an order, to its buyer, as the next three
    MAIL_CANCELLATION = "mail-cancellation"
    MAIL_SHIPPING = "mail-shipping"
    MAIL_DELIVERY = "mail-delivery"
    ALERT_LOW_STOCK = "alert-low-stock"  # about a product: finds out who is to get a mail
    MAIL_LOW_STOCK = "mail-low-stock"  # to a person
    MAIL_RESTOCK = "mail-restock"  # to the seller, where the product's policy tells them alone
    # Pictures: `number` is the position of the event that they are about.
    DELETE_PICTURE = "delete-picture"  # of a product or a person: the stored object

    @property
    def is_mail(self) -> bool:
        return self.startswith(("mail-", "alert-"))

    @property
    def is_picture(self) -> bool:
        return self.endswith("-picture")


class Effect(msgspec.Struct, frozen=True):
    """Something to be done once. `subject`: the order, person or product. `after`: seconds to wait first,
    for news may make it needless."""

    kind: Kind
    subject: int
    number: int = 1
    after: float = 0.0

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.subject}-{self.number}"


_PAYMENTS: Final[dict[type[Event], Callable[[Any], Effect]]] = {
    PaymentRequested: lambda event: Effect(Kind.CREATE_INTENT, event.order_id, event.attempt),
    RefundRequested: lambda event: Effect(Kind.REFUND, event.order_id, event.number),
    PaymentIntentCreated: lambda event: Effect(Kind.CHECK_INTENT, event.order_id, after=WATCH_AFTER),
}
_ERASURES: Final[dict[type[Event], Callable[[Any], Effect]]] = {
    AccountErased: lambda event: Effect(Kind.ERASE_PERSON, event.person_id),
}
_MAILS: Final[dict[type[Event], tuple[Kind, str]]] = {  # and the field with the subject
    AccountRegistered: (Kind.MAIL_VERIFICATION, "person_id"),
    EmailChanged: (Kind.MAIL_VERIFICATION, "person_id"),
    PasswordResetRequested: (Kind.MAIL_PASSWORD_RESET, "person_id"),
    LoginLinkRequested: (Kind.MAIL_LOGIN_LINK, "person_id"),
    OrderPaid: (Kind.MAIL_PAYMENT, "order_id"),
    OrderCancelled: (Kind.MAIL_CANCELLATION, "order_id"),
    OrderShipped: (Kind.MAIL_SHIPPING, "order_id"),
    OrderDelivered: (Kind.MAIL_DELIVERY, "order_id"),
    StockFellLow: (Kind.ALERT_LOW_STOCK, "product_id"),
}
_PICTURES: Final[dict[type[Event], str]] = {  # and the field with the subject
    ImageRemoved: "product_id",
    ProfilePictureRemoved: "person_id",
}

TOPICS: Final = tuple(sorted(event.TOPIC for event in (*_PAYMENTS, *_ERASURES, *_MAILS, *_PICTURES)))
"""The events that have an effect; a dispatcher reads no others."""


def effect_of(event: Event, position: int, meta: Metadata) -> Effect | None:
    """What the event at this position asks for; None: nothing outside of the log."""
    if (make := _PAYMENTS.get(type(event)) or _ERASURES.get(type(event))) is not None:
        return make(event)
    if isinstance(event, AccountRegistered | EmailChanged) and not event.confirm:
        return None
    if (mail := _MAILS.get(type(event))) is not None and meta.service not in LOADERS:
        kind, subject = mail
        return Effect(kind, getattr(event, subject), position)
    if (subject := _PICTURES.get(type(event), "")) and getattr(event, "key", None) is not None:
        return Effect(Kind.DELETE_PICTURE, getattr(event, subject), position)
    return None
