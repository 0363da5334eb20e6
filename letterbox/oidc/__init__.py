"""Signing in at an OpenID Connect provider: discovery, keys, tokens, and roles."""
