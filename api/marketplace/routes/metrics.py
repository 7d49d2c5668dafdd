"""How the caller's products are doing."""

from typing import Final

from starlette.responses import Response

from api.answers import answer
from api.auth import viewer_of
from api.marketplace.answers.metrics import Dashboard, Metrics, ProductMetrics
from api.marketplace.ids import path_id
from api.marketplace.pages import LISTS
from api.marketplace.show import metrics as show
from api.marketplace.show.orders import shower
from api.parts import Parts
from api.rows.pages import Page
from api.rows.row import Call, Rows, Who
from read_side.documents.product import Product
from read_side.queries.metrics import Figures
from write_side.refusals import NotFound

RECENT: Final = 10  # orders


def add_metric_rows(rows: Rows, parts: Parts) -> None:
    async def figures(call: Call[None], product: Product | None) -> Figures:
        """Raises NotFound for what is not the caller's to see."""
        found = await parts.reads.metrics.seen_by(viewer_of(call.actor), product)
        if found is None:
            raise NotFound
        return found

    @rows.row(
        "GET",
        "/metrics/",
        who=Who.SELLER,
        answer=(list[Metrics], Page[Metrics]),
        errors=(403, 404),
        query=LISTS.query,
    )
    async def metrics(call: Call[None]) -> Response:
        """Of each product of the caller's, the newest first; zeros where nothing happened yet."""
        asked = LISTS.asked(call.request)
        return asked.answer(await parts.reads.metrics.of_seller(call.person_id, *asked.stretch), show.metrics)

    @rows.row("GET", "/metrics/dashboard_metrics/", who=Who.SELLER, answer=Dashboard, errors=(403,))
    async def dashboard_metrics(call: Call[None]) -> Response:
        """Totals over the caller's products, and the latest orders with one of them."""
        totals = await parts.reads.metrics.totals(call.person_id)
        orders = (await parts.reads.orders.of_seller(call.person_id, 1, RECENT)).items
        shown = await shower(parts.reads, orders)
        return answer(call.request, show.dashboard(totals, [shown(order) for order in orders]))

    @rows.row(
        "GET", "/metrics/product_metrics/{product_slug}/", who=Who.SELLER, answer=ProductMetrics, errors=(403, 404)
    )
    async def product_metrics(call: Call[None]) -> Response:
        """How one product is doing, and the latest orders with it."""
        slug = call.request.path_params["product_slug"]
        found = await figures(call, await parts.reads.products.by_slug(slug))
        orders = await parts.reads.metrics.orders_with(viewer_of(call.actor), found, RECENT)
        shown = await shower(parts.reads, orders)
        recent = [shown(order) for order in orders]
        return answer(call.request, ProductMetrics(show.product(found.product), show.metrics(found), recent))

    @rows.row("GET", "/metrics/{id}/", who=Who.SELLER, answer=Metrics, errors=(403, 404))
    async def product_record(call: Call[None]) -> Response:
        """One record of the list."""
        found = await figures(call, await parts.reads.products.by_id(path_id(call)))
        return answer(call.request, show.metrics(found))
