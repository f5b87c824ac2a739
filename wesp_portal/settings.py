"""Settings: one file, read from a typed environment, refusing weak values in production.

`PORTAL_ENV` is `local` (the embedded default: SQLite, everything in one process), `test` or `production`.
"""

from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from wesp_portal.environment import Environment

# Before any class of Django's is written with its type: ModelForm[Priority], ModelAdmin[User].
django_stubs_ext.monkeypatch()

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent
PORTAL_ENV = env.text("PORTAL_ENV", "local")
if PORTAL_ENV not in {"local", "test", "production"}:
    raise ImproperlyConfigured(f"PORTAL_ENV is {PORTAL_ENV!r}: write local, test or production.")
IS_PRODUCTION = PORTAL_ENV == "production"
VAR_DIR = Path(env.text("PORTAL_VAR", str(BASE_DIR / "var")))
DEBUG = env.flag("PORTAL_DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "" if IS_PRODUCTION else "local-only-key-that-guards-nothing-but-a-demonstration")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if IS_PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PORTAL_ADDRESS = env.text("PORTAL_ADDRESS", "http://127.0.0.1:8000")
# Whom people write to about the site itself: what they cannot use, and what is kept about them.
CONTACT_EMAIL = env.text("CONTACT_EMAIL")
IS_DEMONSTRATION = env.flag("PORTAL_DEMO", default=PORTAL_ENV == "local")

INSTALLED_APPS = [
    "wesp_portal.common",
    "partnerships",
    "priorities",
    "reports",
    "wesp_portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "crispy_forms",
    "django_celery_beat",
    "django_htmx",
    "drf_spectacular",
    "simple_history",
]

MIDDLEWARE = [
    "wesp_portal.common.middleware.NoStoreWhenSignedInMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partnerships.sign_in.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

if PORTAL_ENV == "test":
    # Guards that only those who change the code need: one line of migrations, and no page that queries row by row.
    INSTALLED_APPS += ["django_linear_migrations", "django_migration_linter", "zeal"]
    MIDDLEWARE += ["zeal.middleware.zeal_middleware"]
    MIGRATION_LINTER_OPTIONS = {
        "include_apps": ["partnerships", "priorities", "reports"],
        # Every index of 0004 is on a table that it makes itself; the linter misreads a condition that begins with NOT.
        # The others index small tables (pictures, a board's questions, deliveries, achievements): locked for a moment.
        "ignore_name": [
            "0004_reminders",
            "0006_questions_about_items",
            "0007_delivery_attempts",
            "0007_public_pictures",
            "0009_achievements_newest_first",
        ],
    }

ROOT_URLCONF = "wesp_portal.urls"
WSGI_APPLICATION = "wesp_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partnerships.context.portal",
            ],
        },
    },
]

# Forms are drawn by crispy-forms in markup of our own: templates/portal/ and templates/components/.
CRISPY_ALLOWED_TEMPLATE_PACKS = ["portal"]
CRISPY_TEMPLATE_PACK = "portal"

# Data. SQLite takes its write lock at the start of a transaction, so that a reader never fails on becoming a writer.
DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # SQLite makes its file, and not the folder that the file is to lie in.
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}
else:
    # Seconds: a server that is gone without a word is soon given up, so that people are told.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# The index of readings covers more columns on PostgreSQL; SQLite keeps the same index without them.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "wesp_portal.common.caching.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.text("CACHE_PREFIX", "wesp"),
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}},
    # Bodies of pages that this process showed lately, some 60 KB each.
    "memory": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "memory",
        "OPTIONS": {"MAX_ENTRIES": 64},
    },
}

# People.
AUTH_USER_MODEL = "partnerships.User"
AUTHENTICATION_BACKENDS = ["partnerships.sign_in.PortalBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 60 * 60
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Saves of what one person is typing: far more than the script makes, and no more than a server can bear.
DRAFTS_A_MINUTE = 60
# Searches of one person, or of one address that is not signed in.
SEARCHES_A_MINUTE = 60

# Requests for open data from one network address: enough for a report that takes every page of every resource.
OPEN_DATA_A_MINUTE = 120

# Open data: read by anyone, with no session and no account, in JSON and CSV alone.
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "wesp_portal.common.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "wesp_portal.common.api.problems.problem",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "WESP Portal open data",
    "DESCRIPTION": "What local education and skills partnerships promised, and what came of it. Everything here is "
    "public: small counts of children are withheld (c), nobody is named, and being signed in shows no more.",
    "VERSION": "1",
    "LICENSE": {
        "name": "Open Government Licence v3.0",
        "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "ENUM_NAME_OVERRIDES": {},
}

# Words, dates and numbers.
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"

# Files.
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "built" / "web"]
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The whole of a request, files included: well above what evidence may have, so that a file somewhat too large comes
# back with its form and all that was typed there.
LARGEST_REQUEST = 50 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "wesp_portal.common.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PORTAL_ENV == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Security.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "partnerships.views.drafts.csrf_failure"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

# Email: files where nothing is to leave this machine; in production GOV.UK Notify where it has a key, or else SMTP.
NOTIFY_API_KEY = env.text("NOTIFY_API_KEY")
NOTIFY_TEMPLATE_ID = env.text("NOTIFY_TEMPLATE_ID")
NOTIFY_ADDRESS = env.text("NOTIFY_ADDRESS", "https://api.notifications.service.gov.uk")
if not IS_PRODUCTION:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
elif NOTIFY_API_KEY:
    EMAIL_BACKEND = "wesp_portal.common.notify.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=IS_PRODUCTION)
# Seconds: a mail server that is silent for longer is given up, so that no worker waits for it.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "WESP Portal <portal@localhost>")

# Jobs. The database row is the truth and the queue a hint: no results are kept, and sending takes under a second.
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", REDIS_URL or "memory://localhost")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, float] = (
    {
        "visibility_timeout": 900,
        "unacked_restore_interval": 30,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
    }
    if CELERY_BROKER_URL.startswith("redis")
    else {"polling_interval": 0.5}
)
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "wesp_portal.scheduler:PortalScheduler"
# What the schedule begins with; from then on it is edited in the administration.
CELERY_BEAT_SCHEDULE = {
    # A sign of life that nobody took in time is of no use to anyone.
    "report-alive": {"task": "wesp_portal.common.tasks.report_alive", "schedule": 60.0, "options": {"expires": 55}},
    "sweep-reports": {"task": "reports.tasks.sweep_reports", "schedule": 60.0},
    "sweep-drafts": {"task": "partnerships.tasks.sweep_drafts", "schedule": crontab(hour="3", minute="20")},
    "close-rounds": {"task": "reports.tasks.close_rounds", "schedule": crontab(hour="0", minute="5")},
    "open-rounds": {"task": "reports.tasks.open_rounds", "schedule": crontab(hour="6", minute="0")},
    # By the clock in London, and when working hours begin: a turn that was missed is made up for as soon as one can.
    "send-reminders": {"task": "reports.tasks.send_reminders", "schedule": crontab(hour="9", minute="0")},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}

if IS_PRODUCTION:
    weak = [
        reason
        for is_weak, reason in [
            (len(SECRET_KEY) < 50, "SECRET_KEY must have 50 characters or more"),
            (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS, "ALLOWED_HOSTS must name the portal's hosts"),
            (DEBUG, "PORTAL_DEBUG must be off"),
            (IS_DEMONSTRATION, "PORTAL_DEMO must be off"),
            (not DATABASE_URL.startswith("postgres"), "DATABASE_URL must name a PostgreSQL database"),
            (not CONTACT_EMAIL, "CONTACT_EMAIL must be an address that the public may write to"),
            (not REDIS_URL, "REDIS_URL must name a Redis server"),
            (
                not PORTAL_ADDRESS.startswith("https://"),
                "PORTAL_ADDRESS must be the portal's https:// address",
            ),
            (
                bool(NOTIFY_API_KEY) and (len(NOTIFY_API_KEY) < 73 or not NOTIFY_TEMPLATE_ID),
                "NOTIFY_API_KEY must be a whole key of GOV.UK Notify, with NOTIFY_TEMPLATE_ID beside it",
            ),
            (not NOTIFY_ADDRESS.startswith("https://"), "NOTIFY_ADDRESS must begin with https://"),
        ]
        if is_weak
    ]
    if weak:
        raise ImproperlyConfigured("The portal will not start in production: " + "; ".join(weak) + ".")
