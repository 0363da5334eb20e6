"""
Indeed Apply: whole applications as signed JSON.

https://docs.indeed.com/indeed-apply/application-delivery
"""

from letterbox.boards.indeed.board import BOARD

__all__ = ["BOARD"]
