"""``letterbox audit``: the store and Temporal, compared both ways."""
