"""What surfaces differ in, as data that their commands name; the rules that use it are the core's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from write_side.password_rules import customary_complaints
from write_side.values import Charges


@dataclass(frozen=True, slots=True)
class Pricing:
    """Tax on the subtotal in percent, cut (never rounded) to cents; shipping per order."""

    tax_percent: int
    shipping: int

    def charge(self, subtotal: int) -> Charges:
        tax = subtotal * self.tax_percent // 100
        return Charges(
            subtotal=subtotal,
            tax=tax,
            shipping=self.shipping,
            discount=0,
            total=subtotal + tax + self.shipping,
        )


PRICING: Final = {
    "none": Pricing(tax_percent=0, shipping=0),
    "store": Pricing(tax_percent=10, shipping=500),
}

LOW_STOCK_THRESHOLD: Final = {"store": 10, "martaff": 5}


@dataclass(frozen=True, slots=True)
class ProductPolicy:
    """How a product's number is given, and who hears that it runs low.

    `base_beside_variants`: the base counts beside variants, else only where there are none. `stock_demanded`: what
    is made (or given anew as a whole) has a stock or a variant. `alerts_staff`: administrators and the seller get
    the shop's letter, else the seller alone a letter of their own.
    """

    base_beside_variants: bool
    stock_demanded: bool
    alerts_staff: bool


PRODUCTS: Final = {
    "store": ProductPolicy(base_beside_variants=True, stock_demanded=False, alerts_staff=True),
    "marketplace": ProductPolicy(base_beside_variants=True, stock_demanded=False, alerts_staff=True),
    "martaff": ProductPolicy(base_beside_variants=False, stock_demanded=True, alerts_staff=False),
}


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a surface asks of a new password. `kinds`: characters of each must be in it. `customary`: Django's
    validators, in their own words."""

    shortest: int = 0
    longest: int = 1024  # bounded so that hashing is; every character counts
    kinds: tuple[str, ...] = ()
    customary: bool = False

    def weaknesses(self, password: str) -> list[str]:
        """What it lacks: "blank", "length", "longest" and names of kinds; empty for a good one."""
        wrong = ["length"] if len(password) < self.shortest else []
        wrong += ["longest"] if len(password) > self.longest else []
        wrong += [kind for kind in self.kinds if not any(map(_KINDS[kind], password))]
        return wrong or ([] if password.strip() else ["blank"])

    def complaints(self, password: str, email: str = "") -> list[str]:
        """The same in words; `email`: what a password may not resemble where a policy says so."""
        found = [_WORDS[weakness].format(policy=self) for weakness in self.weaknesses(password)]
        return found or (customary_complaints(password, email) if self.customary else [])


_KINDS: Final[dict[str, Callable[[str], bool]]] = {
    "upper": str.isupper,
    "lower": str.islower,
    "digit": str.isdigit,
    "symbol": lambda character: not character.isalnum() and not character.isspace(),
}

_WORDS: Final = {
    "blank": "must not be blank",
    "length": "must have at least {policy.shortest} characters",
    "longest": "must have at most {policy.longest} characters",
    "upper": "must contain an upper-case letter",
    "lower": "must contain a lower-case letter",
    "digit": "must contain a digit",
    "symbol": "must contain a symbol",
}

PASSWORDS: Final = {
    "native": PasswordPolicy(shortest=8),
    "store": PasswordPolicy(shortest=8, kinds=("upper", "lower", "digit", "symbol")),
    "martaff": PasswordPolicy(longest=128),
    "martaff-reset": PasswordPolicy(customary=True),
}


@dataclass(frozen=True, slots=True)
class RegistrationPolicy:
    """How a surface takes people in. `confirms`: a mail asks whether the address is theirs."""

    password: PasswordPolicy
    confirms: bool


REGISTRATIONS: Final = {
    "native": RegistrationPolicy(PASSWORDS["native"], confirms=True),
    "store": RegistrationPolicy(PASSWORDS["store"], confirms=True),
    "martaff": RegistrationPolicy(PASSWORDS["martaff"], confirms=False),
}


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """How long a surface's tokens live, in seconds; longer for who wants to be remembered."""

    access: int
    refresh: int
    remembered_access: int
    remembered_refresh: int

    def access_seconds(self, remember: bool) -> int:
        return self.remembered_access if remember else self.access

    def refresh_seconds(self, remember: bool) -> int:
        return self.remembered_refresh if remember else self.refresh


SIGN_IN_STEP: Final = 600  # seconds that either step of signing in through somebody else may take

SESSIONS: Final = {
    "martaff": SessionPolicy(
        access=600, refresh=24 * 3600, remembered_access=24 * 3600, remembered_refresh=30 * 24 * 3600
    ),
}


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Who may review a product: who has bought it, and whether once; and whether its author may take a
    review away again."""

    purchase_needed: bool
    one_per_person: bool
    author_removes: bool


REVIEWS: Final = {
    "store": ReviewPolicy(purchase_needed=True, one_per_person=True, author_removes=True),
    "marketplace": ReviewPolicy(purchase_needed=False, one_per_person=True, author_removes=True),
    "martaff": ReviewPolicy(purchase_needed=False, one_per_person=False, author_removes=False),
}


Moves = Mapping[str, tuple[str, ...]]
"""Words of a status table, by the word that they may follow."""


@dataclass(frozen=True, slots=True)
class StatusTable:
    """A surface's word for each status of an order, and which words may follow which. `movers`: who makes which
    moves beside administrators, who make them all: "buyer", or "seller" of any line. `tracked`: what is shipped
    needs a tracking number."""

    words: Mapping[str, str]
    moves: Moves
    movers: Mapping[str, Moves] = field(default_factory=dict)
    tracked: bool = True

    def step(self, word: str) -> str:
        """What has to happen for an order to get this word: in-work, shipped, delivered, returned or cancelled."""
        return next(fact for fact in _STEPS if self.words[fact] == word)


_STEPS: Final = ("in-work", "shipped", "delivered", "returned", "cancelled")
_MARKETPLACE_MOVES: Final = {
    "pending": ("awaiting_shipment", "cancelled"),
    "awaiting_shipment": ("shipped", "cancelled"),
    "shipped": ("delivered",),
    "delivered": (),
    "cancelled": (),
}


ORDER_STATUSES: Final = {
    "store": StatusTable(
        words={
            "placed": "pending",
            "paid": "processing",
            "in-work": "processing",
            "shipped": "shipped",
            "delivered": "delivered",
            "returned": "returned",
            "cancelled": "cancelled",
        },
        moves={
            "pending": ("processing", "cancelled"),
            "processing": ("shipped", "cancelled"),
            "shipped": ("delivered",),
            "delivered": ("returned",),
            "returned": (),
            "cancelled": (),
        },
    ),
    "marketplace": StatusTable(
        words={
            "placed": "pending",
            "paid": "pending",
            "in-work": "awaiting_shipment",
            "shipped": "shipped",
            "delivered": "delivered",
            "returned": "delivered",
            "cancelled": "cancelled",
        },
        moves=_MARKETPLACE_MOVES,
        movers={
            "seller": _MARKETPLACE_MOVES,
            "buyer": {"pending": ("cancelled",), "shipped": ("delivered",)},
        },
        tracked=False,
    ),
}
