"""Where documents lie in Redis. Projections write there, queries read there; nobody else does.

    {sf}:live                 which generation of each model is read (`Live`)
    {sf}:previous             the one before, for switching back (`Live`)
    {sf}:positions            hash: `carts.1` → up to where that generation has seen the log
    {sf}:versions             hash: `carts.1` → which version of its model keeps it; 1 where it is not there
    {sf}:runner, {sf}:builder who may write: a fencing token
    {sf}:epoch                counts the tokens
    {sf}:search               up to where Elasticsearch has seen the log (`Announcement`)
    {sf}:parked               hash: `carts.1/42` → why that document is not kept up (`Parked`)
    {sf}:scrubbed             the last erasure of a person of whom nothing is left in old generations
    {sf}:carts.1              hash: key of a document → its JSON
    {sf}:products.1:slug      hash: a unique name → key of a document
    {sf}:orders.1:buyer:42    sorted set: keys of documents, by the position they were made at
    {sf}:observed:…           the same again for the models of observations (`Layout.observed`)

The generation stands outside the hash tag: one script moves the pointer, the positions and the
documents together, so in a cluster they must share a slot. A shard of the log has a tag of its own.
"""

import msgspec

TAG = "{sf}"
SEARCH = "search"  # in `Announcement.changed`: what searches find


class Live(msgspec.Struct, frozen=True):
    """The generation of each model by name. `store` is drawn when the models are first built: a
    pointer with another `store` means that everything was lost and built again."""

    store: str
    models: dict[str, int]


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is left as it was before an event that could not be applied. Where the event
    itself cannot be read nobody knows its document: then `key` is `~` and the stream, and nothing
    of that stream is applied any more."""

    model: str
    key: str
    position: int
    stream: str
    topic: str
    reason: str


class Announcement(msgspec.Struct, frozen=True, omit_defaults=True):
    """Published after each batch. `changed`: models that readers keep in memory and should
    reread, and `SEARCH`."""

    position: int
    search: bool = False  # the position is that of the Elasticsearch models
    changed: list[str] = []


class Layout:
    """The keys under one hash tag. Tests and shards have tags of their own."""

    def __init__(self, tag: str = TAG) -> None:
        self.tag = tag
        self.live = f"{tag}:live"
        self.previous = f"{tag}:previous"
        self.positions = f"{tag}:positions"
        self.versions = f"{tag}:versions"
        self.runner = f"{tag}:runner"
        self.builder = f"{tag}:builder"
        self.epoch = f"{tag}:epoch"
        self.search = f"{tag}:search"
        self.parked = f"{tag}:parked"
        self.scrubbed = f"{tag}:scrubbed"
        self.channel = f"{tag}:announcements"

    def observed(self) -> "Layout":
        """Where the models of observations lie, which follow a log of their own and so have positions, a pointer
        and a runner of their own; under the same hash tag."""
        return Layout(f"{self.tag}:observed")

    def model(self, generation: str) -> str:
        """The hash that holds a model's documents; `generation` is `carts.1`."""
        return f"{self.tag}:{generation}"

    def index(self, generation: str, name: str) -> str:
        """A sorted set or a table of names beside the documents of a model."""
        return f"{self.tag}:{generation}:{name}"


encode_live = msgspec.json.Encoder().encode
decode_live = msgspec.json.Decoder(Live).decode
decode_parked = msgspec.json.Decoder(Parked).decode
decode_announcement = msgspec.json.Decoder(Announcement).decode
