"""Settings for tests: the same installation in a data folder of its own, with a cheap password hash."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Always a new folder, whatever the shell says: a test run must never touch an office's data.
_HOME = Path(tempfile.mkdtemp(prefix="doudi-test-"))
_HOME.chmod(0o711)
os.environ["DOUDI_HOME"] = str(_HOME)
for variable in (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DOUDI_CRYPTO",
    "DOUDI_KEYS",
    "DOUDI_FILES",
    "DOUDI_ANCHOR",
):
    os.environ.pop(variable, None)
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)

from doudi.settings.base import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
HTTPS = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
