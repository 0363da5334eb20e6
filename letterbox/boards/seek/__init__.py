"""
SEEK: a thin, signed notice by webhook; the application is fetched over GraphQL.

https://developer.seek.com/use-cases/application-export
"""

from letterbox.boards.base import NoticeBoard
from letterbox.boards.seek.board import Seek

BOARD: NoticeBoard = Seek()
