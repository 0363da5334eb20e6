"""The desk's cookies: behind TLS, no other host can have a browser send its own."""

from fastapi import Request, Response

_PREFIX = "__Host-"
"""Browsers take what is named so from this host alone, over TLS, for all its paths."""


def read_cookie(request: Request, name: str, *, is_secure: bool | None = None) -> str:
    """
    Return one of our cookies; it is empty where there is none.

    A host next to ours, such as blog.example.com, can set cookies for both. Behind TLS
    these do not count: somebody would sign in, unawares, as whoever has made one.
    """
    cookies = request.cookies
    if found := cookies.get(f"{_PREFIX}{name}"):
        return found
    if is_secure is None:
        is_secure = request.url.scheme == "https"
    return "" if is_secure else cookies.get(name, "")


def set_cookie(  # noqa: PLR0913 what makes a cookie
    answer: Response,
    name: str,
    value: str,
    *,
    max_age: int,
    path: str,
    is_secure: bool,
    is_strict: bool = True,
) -> None:
    """Set one of our cookies, for TLS alone where there is TLS."""
    answer.set_cookie(
        f"{_PREFIX}{name}" if is_secure else name,
        value,
        max_age=max_age,
        path="/" if is_secure else path,
        secure=is_secure,
        httponly=True,
        samesite="strict" if is_strict else "lax",
    )


def delete_cookie(request: Request, answer: Response, name: str, path: str) -> None:
    """Have a browser forget one of our cookies, by the name that it has sent."""
    for sent in {name, f"{_PREFIX}{name}"} & {*request.cookies}:
        set_cookie(
            answer, name, "", max_age=0, path=path, is_secure=sent.startswith(_PREFIX)
        )
