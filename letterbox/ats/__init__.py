"""The hirer's ATS: events signed, sent, and switched off by a 410."""
