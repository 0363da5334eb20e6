"""The callers of the operator API and the desk: their file and their tokens."""
