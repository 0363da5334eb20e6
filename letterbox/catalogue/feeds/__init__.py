"""Feeds of positions: fetched, unpacked and read as far as they can be."""
