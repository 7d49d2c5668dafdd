"""Every command and event of the write side, by name. Importing this module registers them all."""

from write_side.account import entry_handlers as _account_entry
from write_side.account import handlers as _account
from write_side.account import picture as _profile_picture
from write_side.account import profile_handlers as _profile
from write_side.cart import handlers as _cart
from write_side.catalog.brand import handlers as _brand
from write_side.catalog.category import handlers as _category
from write_side.catalog.product import handlers as _product
from write_side.catalog.product import image_handlers as _product_images
from write_side.messages import EVENT_TYPES, Command, Event
from write_side.order import details_handlers as _order_details
from write_side.order import fulfilment as _fulfilment
from write_side.order import handlers as _order
from write_side.order import past_handlers as _past_order
from write_side.order import placing as _placing
from write_side.payment import handlers as _payment
from write_side.returns import handlers as _returns
from write_side.review import handlers as _review
from write_side.session import handlers as _session
from write_side.stock import handlers as _stock
from write_side.wishlist import handlers as _wishlist
from write_side.work import HANDLERS

HANDLER_MODULES = (
    _account,
    _account_entry,
    _brand,
    _cart,
    _category,
    _fulfilment,
    _order,
    _order_details,
    _past_order,
    _payment,
    _placing,
    _product,
    _product_images,
    _profile,
    _profile_picture,
    _returns,
    _review,
    _session,
    _stock,
    _wishlist,
)

COMMANDS: dict[str, type[Command]] = {
    command.command_name(): command for command in sorted(HANDLERS, key=lambda c: c.__name__)
}
"""Command types by their kebab-case names."""

EVENTS: dict[str, type[Event]] = EVENT_TYPES
"""Event types by their topics."""
