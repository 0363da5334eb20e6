"""Models that are built when they are used first, rather than when imported."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pydantic import BaseModel, Field, ValidationError

from letterbox.boards import discover
from letterbox.boards.generic.application import PostedApplication
from letterbox.domain.application import Application
from letterbox.domain.candidate import Record
from letterbox.domain.commands import Assignment
from letterbox.domain.messages import StoreResult
from letterbox.domain.status import Value

_THREADS = 8
_ROUNDS = 30


def test_every_model_can_be_built() -> None:
    """A mistake in one would show where it is used first: in somebody's request."""
    discover()
    models = {*_derived(Record), *_derived(Value)}
    assert {Application, Assignment, PostedApplication, StoreResult} <= models

    for model in models:
        model.model_rebuild()
    assert all(model.__pydantic_complete__ for model in models)


def test_threads_may_be_the_first_to_use_a_model_at_once() -> None:
    """Steps of a worker are; none of them is judged by the rules of the base class."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(_THREADS) as pool:
            for _ in range(_ROUNDS):
                _use_at_once(pool)
    finally:
        sys.setswitchinterval(before)


def _use_at_once(pool: ThreadPoolExecutor) -> None:
    class Part(Record):
        number: int = Field(ge=1)

    class Whole(Record):
        name: str = Field(pattern="^a")
        parts: tuple[Part, ...] = ()

    barrier = Barrier(_THREADS)

    def use() -> str:
        barrier.wait()
        whole = Whole.model_validate({"name": "ab", "parts": [{"number": 1}]})
        with pytest.raises(ValidationError):
            Whole(name="b")
        return whole.model_dump_json()

    used = {future.result() for future in [pool.submit(use) for _ in range(_THREADS)]}
    assert used == {'{"name":"ab","parts":[{"number":1}]}'}


def _derived(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        # Not those that tests make.
        if model.__module__.startswith("letterbox."):
            yield model
            yield from _derived(model)
