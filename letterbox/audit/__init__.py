"""``letterbox audit``: compares the store and Temporal, and repairs what it can."""
