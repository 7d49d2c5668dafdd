"""Questions to the read models, one module per kind of answer. Each takes plain values and returns
documents or small structs of them; turning those into a surface's JSON is the API's affair."""
