"""Imports: the catalogue brought in line with a feed."""
