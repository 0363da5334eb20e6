"""The ``letterbox`` command: thin, and quick to start."""
