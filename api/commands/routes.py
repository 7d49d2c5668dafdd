"""One route for all commands: the name picks the type, the type reads the body."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth import Callers
from api.gateway import Gateway
from write_side.registry import COMMANDS

_encode = msgspec.json.Encoder().encode


def command_route(gateway: Gateway, callers: Callers) -> Route:
    """A Starlette route: what FastAPI's own would add (solving dependencies, reading the body into
    Python objects first) cost a third of AddToCart's time, and the documentation is generated
    from the same types (`openapi.py`)."""

    async def run(request: Request) -> Response:
        command_type = COMMANDS.get(request.path_params["name"])
        if command_type is None:
            raise HTTPException(404)
        actor = callers.actor(request)
        body = await request.body()
        command = command_type.model_validate_json(body or b"{}")
        send = gateway.send_and_see if command.at_once else gateway.send
        accepted = await send(request, command, actor)
        return Response(_encode(accepted), media_type="application/json")

    return Route("/commands/{name}", run, methods=["POST"])
