"""What gunicorn serves. Refuses to serve with a database role that could see past row level security."""

import os

from django.core.wsgi import get_wsgi_application

from doudi.office.dbroles import refuse_unsafe_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.settings.base")
application = get_wsgi_application()
refuse_unsafe_role(when_reachable=True)
