"""Production logs: what one logged request is, and how each format of the field tells it."""
