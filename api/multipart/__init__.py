"""Multipart forms, read as they come: flat in memory, whole or not at all."""
