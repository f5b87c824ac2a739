"""The shared cache: its clients are made once, and while it is away nothing is lost and nobody waits."""

import time

import pytest
from django.test import Client
from pytest_django import Settings
from redis.exceptions import ConnectionError as NotConnected

from tests.factories import World
from tests.priorities.samples import answers
from wesp_portal.common.caching import LEFT_ALONE, PATIENCE, KeptClient


def port_of(client) -> int:
    return int(client.connection_pool.connection_kwargs["port"])


def test_a_client_is_made_once_to_read_and_once_to_write() -> None:
    client = KeptClient(["redis://127.0.0.1:1/0"])
    assert client.get_client("a") is client.get_client("b")
    assert client.get_client("a", write=True) is client.get_client("b", write=True)


def test_writing_goes_to_the_first_server_and_reading_to_another() -> None:
    client = KeptClient(["redis://127.0.0.1:1/0", "redis://127.0.0.1:2/0"])
    assert port_of(client.get_client("a", write=True)) == 1
    assert port_of(client.get_client("a")) == 2


# --- Redis away


class Server:
    """A Redis that can go away and come back."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.is_away = False
        self.asked = 0

    def __call__(self, key: object = None, *, write: bool = False) -> "Server":
        return self

    def answer(self) -> None:
        self.asked += 1
        if self.is_away:
            raise NotConnected("connection refused")

    def get(self, key: str) -> bytes | None:
        self.answer()
        return self.held.get(key)

    def set(self, key: str, value: bytes, ex: int | None = None) -> None:
        self.answer()
        self.held[key] = value

    def delete(self, *keys: str) -> int:
        self.answer()
        return sum(self.held.pop(key, None) is not None for key in keys)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> KeptClient:
    client = KeptClient(["redis://127.0.0.1:1/0"])
    monkeypatch.setattr(client, "get_client", server)
    return client


def come_back(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.is_away = False
    now = time.monotonic() + LEFT_ALONE
    monkeypatch.setattr(time, "monotonic", lambda: now)


def test_a_cache_that_is_away_is_asked_once_and_not_again_at_once(server: Server, kept: KeptClient) -> None:
    server.is_away = True
    assert kept.get("a", "nothing") == "nothing"
    kept.set("a", 1, 60)
    assert (kept.has_key("a"), kept.delete("a"), kept.get_many(["a"])) == (False, False, {})
    assert server.asked == 1


def test_it_is_asked_again_after_a_while(server: Server, kept: KeptClient, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.set("a", "kept", 60)
    server.is_away = True
    assert kept.get("a", "nothing") == "nothing"
    come_back(server, monkeypatch)
    assert kept.get("a", "nothing") == "kept"


@pytest.mark.parametrize("write", ["delete", "set"])
def test_what_it_did_not_hear_of_while_it_was_away_it_does_not_tell_afterwards(
    server: Server, kept: KeptClient, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    kept.set("session", "signed in", 60)
    server.is_away = True
    if write == "delete":
        kept.delete("session")
    else:
        kept.set("session", "another", 60)
    come_back(server, monkeypatch)
    assert kept.get("session", None) is None


def test_a_page_never_waits_long_for_redis() -> None:
    options = KeptClient(["redis://127.0.0.1:1/0"]).get_client().connection_pool.connection_kwargs
    assert (options["socket_connect_timeout"], options["socket_timeout"]) == (PATIENCE, PATIENCE)
    assert options["retry"].get_retries() == 0


@pytest.mark.django_db
def test_a_form_posted_while_redis_is_away_is_saved(world: World, settings: Settings) -> None:
    """Nobody listens at port 1: sessions come from the database, and nothing is counted or kept at hand."""
    settings.CACHES = settings.CACHES | {
        "default": {"BACKEND": "wesp_portal.common.caching.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    client = Client()
    client.force_login(world.officer)
    page = client.get("/achievements/new/", follow=True)
    marker = page.context["draft"].marker
    assert client.post("/drafts/", {"draft": marker, "title": "Kept"}).status_code == 200
    answer = client.post("/achievements/new/", answers(world, draft=marker), follow=True)
    assert "The achievement is logged." in answer.content.decode()
    client.post("/sign-out/")
    assert client.get("/achievements/new/").status_code == 302
