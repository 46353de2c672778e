"""How forecasts are told: on a terminal, as a document, as a page with its charts."""
