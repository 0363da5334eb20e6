"""What Letterbox is about, as values and pure functions: no I/O here."""
