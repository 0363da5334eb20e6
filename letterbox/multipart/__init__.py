"""Multipart bodies, of forms and of e-mails, read as they come."""
