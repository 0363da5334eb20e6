"""Temporal as a client: connect, start, update, list, schedules."""
