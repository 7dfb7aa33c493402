"""Settings of one installation: what a county may change comes from the environment or the data folder."""

import os
from importlib.util import find_spec
from pathlib import Path

from doudi.office.home import data_folder, secret
from doudi.settings.database import databases

PACKAGE = Path(__file__).resolve().parents[1]
DOUDI_HOME = data_folder()
DEBUG = os.environ.get("DOUDI_DEBUG") == "1"
SECRET_KEY = secret(DOUDI_HOME / "keys", "session-signing").hex()
ALLOWED_HOSTS = os.environ.get("DOUDI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

# In river order; a part counts as soon as its folder has an `apps.py`.
PARTS = (
    "office", "casework",
    "intake", "registry", "verification", "assessment", "decision", "benefit", "assistance", "monitoring",
    "reporting", "desk", "field", "portal", "api",
)  # fmt: skip
DOORS = tuple(PACKAGE / name for name in ("desk", "field", "portal") if (PACKAGE / name).is_dir())
INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    *(
        f"doudi.{part}"
        for part in PARTS
        if find_spec(f"doudi.{part}.apps" if (PACKAGE / part).is_dir() else "-")
    ),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # A fifth of the bytes on a village's line. It pads at random, and form tokens are masked anew on each
    # page: the length of an answer does not tell what is in it (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "doudi.office.headers.ContentSecurityPolicy",
    "doudi.desk.errors.view.DatabaseGone",
    "doudi.desk.errors.view.PlainWords",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "doudi.desk.urls"
WSGI_APPLICATION = "doudi.settings.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # One folder per screen, its page beside its view: "frame/page.html" is desk/frame/page.html.
        "DIRS": DOORS,
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "doudi.desk.frame.context.frame",
            ],
        },
    }
]

DATABASES = databases(DOUDI_HOME)
DATABASE_ROUTERS = ["doudi.office.routing.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [folder / "static" for folder in DOORS if (folder / "static").is_dir()]
WHITENOISE_USE_FINDERS = True  # served from the package itself: nothing to collect
WHITENOISE_AUTOREFRESH = DEBUG

# `DOUDI_HTTPS=0` is for `doudi serve` on one's own machine: browsers return no Secure cookie over http.
HTTPS = os.environ.get("DOUDI_HTTPS", "1") == "1" and not DEBUG
SESSION_ENGINE = "doudi.office.sessions"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_NAME = "doudi"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "doudi.desk.errors.view.stale_form"
CSRF_TRUSTED_ORIGINS = [host for host in os.environ.get("DOUDI_ORIGINS", "").split(",") if host]
SECURE_SSL_REDIRECT = False  # the county's own gateway ends TLS; it also sets Strict-Transport-Security
OFFICE_BEHIND_GATEWAY = os.environ.get("DOUDI_GATEWAY") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OFFICE_BEHIND_GATEWAY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
OFFICE_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)

# scrypt is built into Python: memory-hard without one more dependency.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# What office needs to know. Folders may be on other volumes: the anchor should be.
OFFICE_CRYPTO = os.environ.get("DOUDI_CRYPTO", "software")
OFFICE_KEYS = Path(os.environ.get("DOUDI_KEYS") or DOUDI_HOME / "keys")
OFFICE_FILES = Path(os.environ.get("DOUDI_FILES") or DOUDI_HOME / "files")
OFFICE_VALUES = Path(os.environ.get("DOUDI_VALUES") or DOUDI_HOME / "values")  # the county's own law values
OFFICE_ANCHOR = Path(os.environ.get("DOUDI_ANCHOR") or DOUDI_HOME / "audit-anchor")
OFFICE_ORM_SCOPE = True  # switched off by tests only, to prove that row level security holds alone
# Looking for people outside one's own place (registry/outside.py): how many one search shows at most, after
# how many people shown in an hour an officer is asked again why, and may go on only in the next hour.
OFFICE_OUTSIDE_SHOWN, OFFICE_OUTSIDE_ASK_AGAIN, OFFICE_OUTSIDE_STOP = 5, 30, 100
OFFICE_SIGN_IN_URL = "/sign-in/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "doudi.settings.log.Discreet",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # SQL and its parameters hold personal data: never logged, whatever DEBUG says.
    # Django's own handlers (a screen in debugging, mail) write a failure with its values: only ours writes.
    "loggers": {"django": {"level": "INFO", "handlers": []}, "django.db.backends": {"level": "INFO"}},
}
