"""The base of all that travels between workflows and activities."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """
    Ids, names, counts and codes: nothing that is of a person.

    Histories live for 180 days: fields are only ever added, with defaults.
    """

    model_config = ConfigDict(frozen=True)
