"""The native query surface: `GET /queries/…`, a question to each read model. `answers.py` has the shapes,
`routes.py` the questions and who may ask them."""
