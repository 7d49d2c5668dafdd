"""The questions after how products and categories are doing, for their sellers and for administrators."""

from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.answers import answer
from api.auth import Callers, viewer_of
from api.parts import Parts
from api.queries import metric_answers as shapes
from api.queries.declaring import Declare
from api.queries.parameters import Paging, PathId, person_of
from write_side.fields import Id
from write_side.messages import Actor
from write_side.refusals import Forbidden, NotFound

_SELLER = Field(default=None, description="for administrators; by default the caller")


class AskedSeller(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seller: Id | None = _SELLER


class AskedMetrics(Paging):
    seller: Id | None = _SELLER


def add_metric_queries(query: Declare, parts: Parts, callers: Callers) -> None:
    """`query` declares a route and what it answers."""
    Seller = Annotated[Actor, Depends(callers.seller)]
    Admin = Annotated[Actor, Depends(callers.admin)]

    @query("/product-metrics", shapes.ProductMetricsPage)
    async def product_metrics(request: Request, asked: Annotated[AskedMetrics, Query()], who: Seller) -> Response:
        """How each of the caller's products is doing, newest product first."""
        found = await parts.reads.metrics.of_seller(_seller(asked.seller, who), asked.page, asked.size)
        return answer(request, shapes.products(found, asked.page, asked.size))

    @query("/product-metrics/{product_id}", shapes.ProductMetricsAnswer)
    async def metrics_of_product(request: Request, product_id: PathId, who: Seller) -> Response:
        """How one product is doing: for its seller and administrators."""
        found = await parts.reads.metrics.seen_by(viewer_of(who), await parts.reads.products.by_id(product_id))
        if found is None:
            raise NotFound
        return answer(request, shapes.product(found))

    @query("/dashboard", shapes.DashboardAnswer)
    async def dashboard(request: Request, asked: Annotated[AskedSeller, Query()], who: Seller) -> Response:
        """Totals over all of the caller's products."""
        seller_id = _seller(asked.seller, who)
        return answer(request, shapes.dashboard(seller_id, await parts.reads.metrics.totals(seller_id)))

    @query("/category-visits", shapes.CategoryVisitsPage)
    async def category_visits(request: Request, asked: Annotated[Paging, Query()], who: Admin) -> Response:
        """Categories by how often they were visited, most often first; for administrators."""
        found = await parts.reads.metrics.categories(asked.page, asked.size)
        by_id = (await parts.reads.catalogue.tree()).by_id
        items = [
            shapes.CategoryVisitsAnswer(
                visited.category_id,
                category.name if category is not None else None,
                category.slug if category is not None else None,
                visited.visits,
                visited.updated_at,
            )
            for visited in found.items
            for category in (by_id.get(visited.category_id),)
        ]
        return answer(request, shapes.CategoryVisitsPage(items, found.total, asked.page, asked.size))


def _seller(asked: int | None, who: Actor) -> int:
    if asked not in (None, who.person_id) and not who.is_admin:
        raise Forbidden("only administrators may see another seller's")
    return asked if asked is not None else person_of(who)
