"""The portal's own settings, with the benchmark's extra addresses, and H's session as H is defined."""

from wesp_portal.settings import *  # noqa: F403 (a settings file is all names)
from wesp_portal.settings import MIDDLEWARE

ROOT_URLCONF = "benchmarks.urls"
MIDDLEWARE = [
    "benchmarks.sessions.UnitSessionMiddleware" if name.endswith(".SessionMiddleware") else name for name in MIDDLEWARE
]
# One person stands for all who type and search at once.
DRAFTS_A_MINUTE = SEARCHES_A_MINUTE = 1_000_000
