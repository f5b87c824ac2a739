"""The WSGI application that gunicorn serves; waitress has one of its own, in `wesp_portal.embedded`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from wesp_portal.common.chunked import ChunkedRequests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wesp_portal.settings")
application = ChunkedRequests(get_wsgi_application())

# What has been loaded stays as long as the process: the collector need not walk all of it again for each large page.
gc.collect()
gc.freeze()
