"""An example of every body and answer of a document: made of the schemas, so that no field can be forgotten; the
values come from a surface's own list, by field name."""

from collections.abc import Mapping
from typing import Any, Final

Schema = dict[str, Any]

_ID: Final = "0192f5f0-8a00-8000-8000-00000000002a"
_MOMENT: Final = "2026-01-02T03:04:05.000006Z"
_PLAIN: Final[dict[str, Any]] = {"boolean": True, "integer": 1, "number": 1.5, "object": {}}


class Examples:
    """`values`: by field name; `components`: the document's schemas by name."""

    def __init__(self, values: Mapping[str, Any], components: dict[str, Schema]) -> None:
        self._values = values
        self._components = components
        self._within: list[str] = []  # the components that the value is a part of

    def of(self, schema: Schema, name: str = "") -> Any:
        """A value for a field of this name; that the schema allows it, a test proves for every row."""
        if "$ref" in schema:
            component = schema["$ref"].rpartition("/")[2]
            self._within.append(component)
            value = self.of(self._components[component], name)
            self._within.pop()
            return value
        options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
        if options and any("$ref" in option for option in options):
            if len(options) < len(schema["anyOf"]) and options[0].get("$ref", "").rpartition("/")[2] in self._within:
                return None  # what may be in itself without end
            return self.of(options[0], name)
        if options and name not in self._values:
            return self.of(options[0], name)
        if "properties" in schema:
            return {field: self.of(part, field) for field, part in schema["properties"].items()}
        if schema.get("type") == "array" and not isinstance(self._values.get(name), list):
            return [self.of(schema.get("items", {}), name)]
        return self._value(schema, name, [schema, *options])

    def _value(self, schema: Schema, name: str, options: list[Schema]) -> Any:
        formats = {option.get("format") for option in options}
        if "uuid" in formats:
            return _ID
        if "date-time" in formats:
            return _MOMENT
        if schema.get("enum") and self._values.get(name) not in schema["enum"]:
            return schema["enum"][0]
        plain = _PLAIN.get(schema.get("type", ""), name)
        return self._values.get(name, schema.get("examples", [plain])[0])
