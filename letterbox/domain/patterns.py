"""What texts must look like, in words: people are not shown regular expressions."""

_WORDS = {
    r"^[A-Za-z0-9._-]{1,64}$": (
        "must be 1 to 64 letters A-Z or a-z, digits, dots, hyphens and underscores"
    ),
    r"^[A-Za-z0-9._-]{1,32}$": (
        "must be 1 to 32 letters A-Z or a-z, digits, dots, hyphens and underscores"
    ),
    r"^[A-Za-z0-9._:-]{1,100}$": (
        "must be 1 to 100 letters A-Z or a-z, digits, dots, colons, hyphens and "
        "underscores"
    ),
    r"^[a-z0-9]{12}$": "must be 12 letters a-z and digits: the middle of the token",
    r"^[0-9a-f]{64}\.[a-z0-9]{1,20}$": (
        "must be the name of a document as in the record: 64 digits and letters a-f, "
        "a dot, and its ending"
    ),
    r"^[^\x00-\x1f]*$": "must not have control characters or line breaks",
    r"\S": "must not be blank",
}
_OTHERWISE = "has characters, or a length, that are not allowed here"


def in_words(pattern: str) -> str:
    """Return what a pattern of ours asks for."""
    return _WORDS.get(pattern, _OTHERWISE)


def message_of(kind: str, message: str, context: object) -> str:
    """Return what a model says is wrong, without the library's words for it."""
    if kind == "string_pattern_mismatch" and isinstance(context, dict):
        return in_words(str(context.get("pattern", "")))
    return message.removeprefix("Value error, ")
