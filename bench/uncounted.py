"""The API with its views counted by nobody, to measure what counting costs. `python -m bench.uncounted` serves it as
`storefold api` serves the product."""

from api.app import create_app
from storefold.bootstrap import build_parts
from storefold.serve import serve
from storefold.settings import get_settings
from write_side.collector import calm_collector
from write_side.observations import Kind
from write_side.observations.observer import Observer


class Blind(Observer):
    """Needs nothing, for it writes nothing."""

    def __init__(self) -> None: ...

    def observe(self, kind: Kind, subject: int, person_id: int | None = None) -> None: ...

    def close(self) -> None: ...


parts = build_parts(get_settings())
parts.observer = Blind()
app = create_app(parts)
calm_collector()

if __name__ == "__main__":
    serve("bench.uncounted:app")
