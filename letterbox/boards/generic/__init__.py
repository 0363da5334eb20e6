"""
A board of one's own: whole applications as JSON or a form, in our own words.

docs/generic-intake.md describes it for those who send.
"""

from letterbox.boards.generic.board import BOARD

__all__ = ["BOARD"]
