"""Who wants to be remembered, in all the ways in which it may be said."""

from typing import Any

import pytest

from api.martaff.bodies.people import Refresh


@pytest.mark.parametrize("said", [True, "true", "on", "1"])
def test_these_do(said: Any) -> None:
    assert Refresh.model_validate({"remember_me": said}).remember_me


@pytest.mark.parametrize("said", [False, "false", "yes", "off", "0", 0, 1, None, [], {}, "TRUE", ""])
def test_everything_else_does_not_and_is_not_refused(said: Any) -> None:
    assert not Refresh.model_validate({"remember_me": said}).remember_me
