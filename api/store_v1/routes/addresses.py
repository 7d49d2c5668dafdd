"""The caller's address book."""

from starlette.responses import Response

from api.gateway import Gateway
from api.parts import Parts
from api.rows.row import Call, Rows, Who, reply
from api.store_v1 import bodies
from api.store_v1.answers import accounts as answers
from api.store_v1.pages import PAGES
from api.store_v1.show import accounts as show
from write_side.account.commands import AddAddress
from write_side.identifiers import uuid_text


def add_address_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    @rows.row(
        "GET",
        "/auth/me/addresses/",
        who=Who.READER,
        answer=answers.AddressPage,
        errors=(400, 404),
        query=PAGES.query,
    )
    async def addresses(call: Call[None]) -> Response:
        """The caller's addresses, in the order in which they were added."""
        asked = PAGES.asked(call.request)
        account = await parts.reads.accounts.by_id(call.person_id)
        booked = list(account.addresses.values()) if account is not None else []
        return asked.answer_items(len(booked), asked.cut(booked), show.address, answers.AddressPage)

    @rows.row(
        "POST",
        "/auth/me/addresses/",
        who=Who.SENDER,
        body=bodies.NewAddress,
        answer=answers.Address,
        status=201,
        errors=(400, 409),
    )
    async def add_address(call: Call[bodies.NewAddress]) -> Response:
        """Adds an address. A new default takes over from the one of its type before it."""
        body = call.body
        command = AddAddress.model_validate(body.model_dump())
        result = (await gateway.send_and_see(call.request, command, call.actor)).result
        shown = answers.Address(
            id=uuid_text("address", result["address_id"]),
            address_type=body.address_type,
            full_name=body.full_name,
            phone_number=body.phone_number,
            street_address=body.street_address,
            apartment=body.apartment,
            city=body.city,
            state=body.state,
            country=body.country,
            zip_code=body.zip_code,
            is_default=body.is_default,
            created_at=result["added_at"],
        )
        return reply(shown, 201)
