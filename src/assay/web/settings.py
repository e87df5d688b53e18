"""Settings: one file, read from the environment, safe by default.

Everything Assay keeps lives under `ASSAY_HOME` (default ./var): the database, the decision log, uploads
and the secrets, which are made on first start and readable by the owner alone.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOME = Path(os.environ.get("ASSAY_HOME", "var")).resolve()
PACKAGE = Path(__file__).resolve().parent.parent


def _secret(name: str) -> str:
    """Read a secret, making it on first use: there is no default anyone could know."""
    path = HOME / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
    return path.read_text().strip()


def _database(url: str) -> dict[str, object]:
    """Turn `sqlite:///path` or `postgresql://user:password@host:port/name` into Django's settings."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "assay.web.fairsqlite",
            # Three slashes are a path from here, four one from the root.
            "NAME": parts.path[1:],
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; "
                    f"PRAGMA synchronous={os.environ.get('ASSAY_SQLITE_SYNCHRONOUS', 'FULL')}; "
                    "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000; "
                    "PRAGMA journal_size_limit=67108864;"
                ),
            },
            "TEST": {"NAME": os.environ.get("ASSAY_TEST_SQLITE")},
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"options": "-c timezone=UTC"},
        }
    raise ValueError(f"ASSAY_DATABASE must start with sqlite:/// or postgresql://, got {parts.scheme!r}")


DEBUG = os.environ.get("ASSAY_DEBUG") == "1"
SECRET_KEY = _secret("django")
ALLOWED_HOSTS = os.environ.get("ASSAY_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ASSAY_ORIGINS", "").split(",") if o]
IS_HTTPS = os.environ.get("ASSAY_HTTPS") == "1"

DATABASES = {"default": _database(os.environ.get("ASSAY_DATABASE", f"sqlite:///{HOME / 'assay.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ASSAY_DATA = HOME / "decisions"
ASSAY_UPLOADS = HOME / "uploads"
# Decides every draw: whoever knows it can foretell which decisions are audited.
ASSAY_SALT = bytes.fromhex(_secret("sampling-salt"))

ROOMS = ["audit", "organisation", "jobs", "policies", "decisions", "sampling", "reviews", "quality", "demo"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    *(f"assay.rooms.{room}" for room in ROOMS),
    "assay.web",
]
AUTH_USER_MODEL = "organisation.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"

MIDDLEWARE = [
    "assay.web.middleware.content_security",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "assay.web.middleware.person_settings",
    "assay.web.middleware.Refusals",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "assay.web.urls"
WSGI_APPLICATION = "assay.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "assay.web.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "assay.web.templatetags.assay",
            ],
        },
    }
]

LANGUAGE_CODE = "en"
# Each under its own name: whoever needs the switch may not read the other one.
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = IS_HTTPS
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CSRF_FAILURE_VIEW = "assay.web.errors.form_expired"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STATIC_ROOT = HOME / "static"
# The static middleware warns on each start while the folder is missing, though files are found without it.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SESSION_COOKIE_NAME = "__Host-assay" if IS_HTTPS else "assay_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
ASSAY_UPLOAD_LIMIT_BYTES = int(os.environ.get("ASSAY_UPLOAD_LIMIT_MB", "2048")) * 1024 * 1024

SILENCED_SYSTEM_CHECKS = ["auth.E003"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)r"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ASSAY_LOG", "WARNING")},
}
