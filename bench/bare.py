"""What the HTTP server does at best: bare FastAPI routes that answer with as much JSON as AddToCart does,
having read some, or as a page of a product. `python -m bench.bare` serves it as `storefold api` serves the product."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from storefold.serve import serve

ANSWER: dict[str, Any] = {
    "position": 123456,
    "events": [["cart-1000000000042", 17, "cart.item-added"]],
    "result": {
        "line_id": 123456,
        "product_id": 4242,
        "product_name": "Travel mug 42",
        "variant_id": None,
        "variant_name": None,
        "quantity": 17,
        "unit_price": "47.99",
        "total": "815.83",
        "created": False,
    },
}

PAGE: dict[str, Any] = {
    "id": "7374666f-6c64-8002-8000-000000001b5c",
    "name": "Travel mug 42",
    "slug": "travel-mug-42",
    "description": "Keeps tea warm on the way to work, and fits under every machine. " * 3,
    "price": "47.99",
    "quantity": 1000,
    "is_in_stock": True,
    "category": {"id": "7374666f-6c64-8004-8000-000000001b5e", "name": "Mugs 2"},
    "images": [],
    "variants": [],
    "reviews": [],
    "average_rating": 0.0,
    "review_count": 0,
    "created_at": "2026-11-21T06:51:35.283429Z",
}

app = FastAPI()


@app.post("/bare")
async def bare(request: Request) -> JSONResponse:
    await request.json()
    return JSONResponse(ANSWER)


@app.get("/bare")
async def bare_read() -> JSONResponse:
    return JSONResponse(PAGE)


@app.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "live"}


if __name__ == "__main__":
    serve("bench.bare:app")
