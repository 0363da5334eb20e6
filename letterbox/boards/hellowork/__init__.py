"""
HelloWork's ATS Partner: whole applications as JSON, with a key that was agreed on.

https://ats-partner.hellowork.com/v1/reception
"""

from letterbox.boards.hellowork.board import BOARD

__all__ = ["BOARD"]
