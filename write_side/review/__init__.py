"""Reviews of products. A person's reviews are one stream, with what they bought: so that one per person
and product, and none without a purchase, is decided where it is written."""
