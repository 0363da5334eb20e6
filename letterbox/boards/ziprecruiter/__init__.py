"""
ZipRecruiter's Apply Webhook: whole applications as signed JSON.

https://www.ziprecruiter.com/partner/documentation/apply-webhook/
"""

from letterbox.boards.ziprecruiter.board import BOARD

__all__ = ["BOARD"]
