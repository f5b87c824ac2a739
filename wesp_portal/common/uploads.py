"""Uploads that are far too large, refused before anything of them is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUploadHandler(FileUploadHandler):
    """Refuses a request longer than LARGEST_REQUEST; it keeps nothing itself, and the handlers after it do their work.

    A file that is too large for what it is meant for but not beyond this bound is its form's to refuse, which keeps
    all that was typed beside it.
    """

    def handle_raw_input(
        self, input_data: Any, meta: dict[str, str], content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > settings.LARGEST_REQUEST:
            raise RequestDataTooBig("The request is longer than LARGEST_REQUEST.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
