"""The shared cache in production: Django's own for Redis, with its client kept and its failures taken for misses."""

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from django.core.cache.backends import redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

logger = logging.getLogger(__name__)
Found = TypeVar("Found")

# Seconds to wait for Redis at most, and how long it is left alone once it did not answer: a page asks it several times.
PATIENCE = 0.25
LEFT_ALONE = 5.0


class KeptClient(redis.RedisCacheClient):
    """A cache client that makes redis-py's client once: making it costs more than asking Redis (0.3 ms against 0.1).

    Where there are replicas, a process reads from one of them for as long as it lives. While Redis is away everything
    is a miss, since all that the cache holds can be found elsewhere; what it did not hear of meanwhile, such as
    somebody signing out, it forgets before it is asked again.
    """

    def __init__(self, servers: list[str], **options: Any) -> None:
        patience: dict[str, Any] = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
        patience["retry"] = Retry(NoBackoff(), 0)
        super().__init__(servers, **(patience | options))
        self._kept: dict[bool, Any] = {}
        self._left_alone_until = 0.0
        self._stale: set[Any] = set()

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client that writes, or the one that reads; it holds no connection, so threads may share it."""
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]

    def _ask(self, ask: Callable[[], Found], otherwise: Found, writing: Iterable[Any] = ()) -> Found:
        """What Redis answers, or what to take for its answer while it is away."""
        if time.monotonic() < self._left_alone_until:
            self._stale.update(writing)
            return otherwise
        try:
            if self._stale:
                super().delete_many(list(self._stale))
                self._stale.clear()
            return ask()
        except (NotConnected, NoAnswer) as error:
            self._stale.update(writing)
            self._left_alone_until = time.monotonic() + LEFT_ALONE
            logger.warning("The cache is away, and is asked again in %.0f seconds: %s", LEFT_ALONE, error)
            return otherwise

    def get(self, key: Any, default: Any) -> Any:
        return self._ask(partial(super().get, key, default), default)

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return self._ask(partial(super().get_many, keys), {})

    def has_key(self, key: Any) -> bool:
        return self._ask(partial(super().has_key, key), False)

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return self._ask(partial(super().add, key, value, timeout), True)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self._ask(partial(super().set, key, value, timeout), None, [key])

    def set_many(self, data: Any, timeout: Any) -> None:
        self._ask(partial(super().set_many, data, timeout), None, data)

    def incr(self, key: Any, delta: int) -> int:
        return self._ask(partial(super().incr, key, delta), delta)

    def touch(self, key: Any, timeout: Any) -> bool:
        return self._ask(partial(super().touch, key, timeout), False)

    def delete(self, key: Any) -> bool:
        return self._ask(partial(super().delete, key), False, [key])

    def delete_many(self, keys: Any) -> None:
        self._ask(partial(super().delete_many, keys), None, keys)


class RedisCache(redis.RedisCache):
    """The `default` cache where REDIS_URL is set."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient
