"""What several boards share that are called as their partner: a token, and GraphQL."""
