"""The network of it: one HTTP client, one token, one endpoint."""
