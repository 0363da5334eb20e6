"""What the clients of several boards share; the rest is in a board's own folder."""
