"""
Applications by e-mail: raw messages, from a mail server's pipe or a service.

docs/mail.md describes how they get here.
"""

from letterbox.boards.mail.board import BOARD

__all__ = ["BOARD"]
