"""
LinkedIn Apply Connect: whole applications as signed JSON, their files by address.

https://learn.microsoft.com/en-us/linkedin/talent/apply-connect/receive-applications
"""

from letterbox.boards.linkedin.board import BOARD

__all__ = ["BOARD"]
