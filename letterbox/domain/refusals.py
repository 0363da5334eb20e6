"""What boards were refused, as it is counted together. Pure."""

from datetime import datetime
from typing import NamedTuple


class Refusal(NamedTuple):
    """One board, one answer, and the hour in which it was given, in UTC."""

    board: str
    answer: str
    hour: datetime
