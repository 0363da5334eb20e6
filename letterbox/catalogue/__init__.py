"""The positions: looked up, changed by hand, imported from feeds."""
