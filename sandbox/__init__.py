"""The stand-ins for boards, for development and tests; never for production."""
