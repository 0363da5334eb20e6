"""moto's S3 server, whose conditions hold when several ask at once."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@contextmanager
def served_by_moto(
    on_request: Callable[[str, str], object] = lambda *_: None,
    on_answer: Callable[[str, str], object] = lambda *_: None,
) -> Iterator[str]:
    """
    Serve S3 for as long as the block lasts; give its address.

    ``on_request`` gets the method and the path of each request; ``on_answer`` the
    same once it is done, and before whoever has asked learns of it.

    moto compares an ETag in one step and writes in another, and empties an object
    before it fills it, while its threads answer others: S3 does neither. So it answers
    one request after the other.
    """
    moto = DomainDispatcherApplication(create_backend_app)
    turn = threading.Lock()

    def answer(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        with turn:
            on_request(environ["REQUEST_METHOD"], environ["PATH_INFO"])
            answered: Iterable[bytes] = moto(environ, start_response)
            on_answer(environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return answered

    server = make_server(
        "127.0.0.1", 0, answer, threaded=True, request_handler=MotoRequestHandler
    )
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
