"""A small site for the tests of the page guard: each view answers with what its scope shows."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path

from doudi.office import audit
from doudi.office.access import page
from doudi.office.actions import Refused
from doudi.office.models import Attachment


@page("files.list")
def files(request: Any) -> HttpResponse:
    return HttpResponse(",".join(sorted(row.region_code for row in Attachment.objects.all())))


@page("file.view", roles=("township_clerk", "county_handler"), subject="office_attachment")
def one_file(request: Any, file_id: UUID) -> HttpResponse:
    row = get_object_or_404(Attachment, id=file_id)
    audit.record_shown(by=request.by, rows=[(audit.subject_of(row), row.region_code)])
    return HttpResponse(row.region_code)


@page("file.rename", roles=("township_clerk",), methods=("POST",), subject="office_attachment")
def rename(request: Any, file_id: UUID) -> HttpResponse:
    row = Attachment.objects.get(id=file_id)
    row.subject = "renamed"
    row.save()
    if request.POST.get("fail"):
        raise RuntimeError("after the change")
    return HttpResponse("ok")


@page("file.approve", methods=("GET", "POST"), again=True)
def approve(request: Any) -> HttpResponse:
    if request.method == "GET":
        return HttpResponse("the form")
    if request.POST.get("refuse"):
        raise Refused("refused")
    return HttpResponse("approved")


@page("files.template")
def lazily(request: Any) -> TemplateResponse:
    template = engines["django"].from_string(
        "{% for row in rows %}{{ row.region_code }}{{ row.name }}{% endfor %}"
    )
    return TemplateResponse(request, template, {"rows": Attachment.objects.all()})


@page("public", public=True)
def public(request: Any) -> HttpResponse:
    return HttpResponse("for all")


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("forgotten")


urlpatterns = [
    path("files/", files, name="files"),
    path("files/<uuid:file_id>/", one_file, name="file"),
    path("files/<uuid:file_id>/rename/", rename, name="rename"),
    path("lazily/", lazily, name="lazily"),
    path(
        "more/", include([path("approve/", approve, name="approve"), path("public/", public, name="public")])
    ),
    path("undeclared/", undeclared, name="undeclared"),
]
