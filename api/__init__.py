"""The HTTP edge: boards post here, operators ask here."""
