"""A client that goes away in the middle of its body is no fault of ours: nothing is logged as one."""

import asyncio
import logging

import pytest
from starlette.requests import ClientDisconnect, Request

from api import problems
from api.marketplace.errors import ERRORS as MARKETPLACE
from api.martaff.errors import ERRORS as MARTAFF
from api.rows.errors import Errors
from api.store_v1.errors import ERRORS as STORE

REQUEST = Request({"type": "http", "method": "POST", "path": "/", "headers": []})


@pytest.mark.parametrize("errors", [STORE, MARTAFF, MARKETPLACE], ids=["store", "martaff", "marketplace"])
def test_a_surface_calls_it_no_fault(caplog: pytest.LogCaptureFixture, errors: Errors) -> None:
    assert errors.refuse(REQUEST, ClientDisconnect()).status_code == 400
    assert caplog.records == []
    assert errors.refuse(REQUEST, RuntimeError()).status_code == 500
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_the_native_surface_calls_it_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    assert asyncio.run(problems.refuse(REQUEST, ClientDisconnect())).status_code == 400
    assert caplog.records == []
    assert asyncio.run(problems.refuse(REQUEST, RuntimeError())).status_code == 500
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
