"""A mail server for tests: real SMTP on a port of its own, that refuses, hangs up or goes silent when told to."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Queue
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from types import TracebackType

from pytest_django import Settings


class Session(StreamRequestHandler):
    server: "MailServer"

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def go_silent(self, where: str) -> None:
        """Say nothing more until the other side goes."""
        self.server.silences.put(where)
        self.rfile.read()

    def handle(self) -> None:
        if self.server.silent_at == "greeting":
            return self.go_silent("greeting")
        self.say("220 mail.example.org")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "RCPT":
                    recipient = rest[rest.index("<") + 1 : rest.index(">")]
                    self.say(self.server.refused.get(recipient, "250 OK"))
                case "DATA":
                    self.say("354 go on")
                    content = b""
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        content += part
                    self.server.taken.append((recipient, message_from_bytes(content, policy=policy.default)))
                    if self.server.silent_at == "end of data":
                        return self.go_silent("end of data")
                    if self.server.hangs_up:
                        return None
                    self.say(self.server.answer)
                case "QUIT":
                    return self.say("221 bye")
                case _:
                    self.say("250 OK")
        return None


class MailServer(ThreadingTCPServer):
    """What it took is in `taken`, even where it did not say so; `refused` has its answers to some addresses."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Session)
        self.port: int = self.server_address[1]
        self.taken: list[tuple[str, EmailMessage]] = []
        self.refused: dict[str, str] = {}
        self.answer = "250 taken"
        self.hangs_up = False
        self.silent_at = ""
        self.silences: Queue[str] = Queue()

    def __enter__(self) -> "MailServer":
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.shutdown()
        super().__exit__(kind, error, at)


def use_mail_server(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
