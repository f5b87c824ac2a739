"""Requests that come in pieces and say no length beforehand, which Django by itself takes for empty ones."""

from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

Environment = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environment, StartResponse], Iterable[bytes]]

PIECE = 64 * 1024


class ChunkedRequests:
    """Reads a request that comes in pieces to its end and gives it on with its length, on disk where it is large.

    One longer than LARGEST_REQUEST is answered with 413 as soon as that is certain, whatever it is meant for. waitress
    gives every request its length by itself, so that this is for gunicorn.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environment, start_response: StartResponse) -> Iterable[bytes]:
        is_chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
        # Where the server does not say that it knows the end, reading on would wait for ever.
        if not is_chunked or not environ.get("wsgi.input_terminated"):
            return self.application(environ, start_response)
        with SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE) as body:
            length = 0
            while piece := environ["wsgi.input"].read(PIECE):
                length += len(piece)
                if length > settings.LARGEST_REQUEST:
                    return _too_much(start_response)
                body.write(piece)
            body.seek(0)
            del environ["HTTP_TRANSFER_ENCODING"]
            # All of it is read before there is an answer, so that the file may go then.
            return self.application(environ | {"wsgi.input": body, "CONTENT_LENGTH": str(length)}, start_response)


def _too_much(start_response: StartResponse) -> Iterable[bytes]:
    """The page that says so, made without a request: nothing more is read, and the connection ends."""
    page = render_to_string("413.html").encode()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page)),
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Connection": "close",
    }
    start_response("413 Content Too Large", list(headers.items()))
    return [page]
