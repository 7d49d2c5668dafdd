"""What people are customarily told about a weak password: Django's own validators in their own words. Nothing else of
Django is used, and nothing of it is loaded before the first password is judged."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace


def customary_complaints(password: str, email: str) -> list[str]:
    """Too similar to the e-mail address, too short (under 8), too common, entirely numeric; empty for a good one."""
    return _judge()(password, email)


@cache
def _judge() -> Callable[[str, str], list[str]]:
    from django.conf import settings  # type: ignore[import-untyped]

    if not settings.configured:
        settings.configure(USE_I18N=False)
    from django.contrib.auth.password_validation import (  # type: ignore[import-untyped]
        CommonPasswordValidator,
        MinimumLengthValidator,
        NumericPasswordValidator,
        UserAttributeSimilarityValidator,
        validate_password,
    )
    from django.core.exceptions import ValidationError  # type: ignore[import-untyped]

    validators = [
        UserAttributeSimilarityValidator(("email",)),
        MinimumLengthValidator(),
        CommonPasswordValidator(),
        NumericPasswordValidator(),
    ]
    # The validator asks a model's field how it is called.
    fields = SimpleNamespace(get_field=lambda _name: SimpleNamespace(verbose_name="email address"))

    def complaints(password: str, email: str) -> list[str]:
        try:
            validate_password(password, SimpleNamespace(email=email, _meta=fields), validators)
        except ValidationError as error:
            return list(error.messages)
        return []

    return complaints
