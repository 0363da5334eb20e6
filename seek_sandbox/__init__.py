"""
A stand-in for SEEK: token, GraphQL, attachments and webhooks over real HTTP.

It knows nothing of Letterbox, so that it cannot share Letterbox's mistakes. What
SEEK's public pages do not say is an option or a field of an order, never a fact.
"""
