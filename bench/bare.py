"""What the HTTP server does at best: a bare FastAPI route that reads JSON and answers with as much of it
as AddToCart does. `python -m bench.bare` serves it as `storefold api` serves the product."""

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

app = FastAPI()


@app.post("/bare")
async def bare(request: Request) -> JSONResponse:
    await request.json()
    return JSONResponse(ANSWER)


@app.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "live"}


if __name__ == "__main__":
    serve("bench.bare:app")
