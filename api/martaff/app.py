"""The surface as an ASGI application for its paths at the root; its documentation lies below `/martaff/`."""

from api.gateway import Gateway
from api.google import Google
from api.martaff.cookies import Cookies
from api.martaff.errors import ERRORS
from api.martaff.examples import EXAMPLES
from api.martaff.routes.entry import add_entry_rows
from api.martaff.routes.google import add_google_rows
from api.martaff.routes.product_list import add_product_list_row
from api.martaff.routes.products import add_product_rows
from api.martaff.routes.profile import add_profile_rows
from api.martaff.routes.recovery import add_recovery_rows
from api.martaff.routes.reviews import add_review_rows
from api.parts import Parts
from api.rows.body import ANY
from api.rows.dialect import Dialect, Options
from api.rows.row import Rows
from api.rows.surface import Surface
from api.sessions import Sessions
from api.throttling import Rates
from api.throttling_limits import Limits
from api.tokens import Tokens

MARTAFF = Dialect(
    name="martaff",
    prefix="",
    owns=("/accounts/", "/products/", "/reset-password/", "/reset-password-confirm/", "/forgot-email/"),
    errors=ERRORS,
    rates=Rates.of_others,
    title="Storefold martaff API",
    about="Amounts are decimals with two places in US dollars, times ISO 8601 in UTC. Clients read their own writes.",
    schema="/martaff/schema/",
    docs="/martaff/docs/",
    options=Options(renders=("application/json", "text/html"), parses=ANY),
    examples=EXAMPLES,
)


def create(parts: Parts, limits: Limits | None = None) -> Surface:
    """The application; it has no lifespan of its own: `parts` are opened by whoever serves it."""
    rows = Rows()
    gateway = Gateway(parts)
    add_product_rows(rows, parts, gateway)
    add_product_list_row(rows, parts)
    add_review_rows(rows, parts, gateway)
    tokens = Tokens(parts.settings.secret_key)
    sessions = Sessions(parts, tokens, "martaff")
    cookies = Cookies(parts.settings)
    add_entry_rows(rows, parts, gateway, sessions, cookies)
    add_google_rows(rows, parts, Google(parts.settings.google), sessions, cookies, tokens)
    add_profile_rows(rows, parts, gateway, cookies)
    add_recovery_rows(rows, parts, gateway)
    return Surface(MARTAFF, rows, parts, tokens, limits)
