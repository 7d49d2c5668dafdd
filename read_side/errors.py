"""Why a query has no answer. A document that does not exist is None, not an error."""


class Unavailable(Exception):
    """The store that would answer is away; to be answered with 503."""


class NotBuilt(Unavailable):
    """The store has no read models: it is new or was emptied, and they are being built."""


class SearchUnavailable(Unavailable):
    """Elasticsearch is away: searches and filters have no answer, plain lists do."""


class Behind(Unavailable):
    """The read models did not reach a position in the time that the caller gave."""


class TooDeep(ValueError):
    """A page further down than the stated ceiling."""


class UnknownCursor(ValueError):
    """A cursor that was not made here."""
