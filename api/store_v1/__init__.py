"""The store's API, `/api/v1/`: one of the surfaces that Storefold keeps for existing clients.

In: requests of that contract. Out: commands and queries of the core, and their answers in the
contract's words. Nothing here decides: `bodies.py` says what may be sent, `answers.py` what is answered,
`show.py` turns documents into answers, `statuses.py` and `errors.py` are tables of the contract's words,
`routes/` joins them row by row, `routing.py` runs a row and `openapi.py` describes it.
"""
