"""What was asked and answered, in canonical terms; nothing in it can raise."""

from pydantic import JsonValue

from letterbox.boards.indeed.containers import answered
from letterbox.boards.posting.questions import kind_of, read_answer
from letterbox.domain.answers import Answer

_NO_QUESTIONS = {"information", "pagebreak"}


def read_answers(said: JsonValue) -> tuple[Answer, ...]:
    """
    Read each question once, in its order, whatever container it came in.

    Containers of several generations hold the same; the first that has an answer
    counts.
    """
    known: dict[str | int, tuple[Answer, ...]] = {}
    for number, one in enumerate(answered(said)):
        if one.question.text("type") in _NO_QUESTIONS:
            continue
        key = one.id if one.id is not None else number
        if key not in known or not any(map(_is_answered, known[key])):
            known[key] = tuple(
                read_answer(one.id, one.question, one.answer, kind_of(one.question))
            )
    return tuple(answer for answers in known.values() for answer in answers)


def _is_answered(answer: Answer) -> bool:
    return bool(answer.answer or answer.attachment)
