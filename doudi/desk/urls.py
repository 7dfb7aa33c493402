"""Every address of the desk. Subjects in addresses are public ids that tell nothing."""

from django.urls import path

from doudi.desk.changes import view as changes
from doudi.desk.duty import view as duty
from doudi.desk.errors import view as errors
from doudi.desk.family import view as family
from doudi.desk.find import view as find
from doudi.desk.imports import view as imports
from doudi.desk.inbox import view as inbox
from doudi.desk.lead import view as lead
from doudi.desk.new_family import view as new_family
from doudi.desk.officers import view as officers
from doudi.desk.purpose import view as purpose
from doudi.desk.sign_in import view as sign_in
from doudi.desk.traces import view as traces

urlpatterns = [
    path("", inbox.view, name="inbox"),
    path("done/", inbox.done, name="done"),
    path("sign-in/", sign_in.view, name="sign_in"),
    path("sign-in/code/", sign_in.code, name="sign_in_code"),
    path("sign-out/", sign_in.out, name="sign_out"),
    path("duty/", duty.view, name="duty"),
    path("duty/password/", duty.password, name="duty_password"),
    path("emergency/open/", duty.emergency, name="emergency_open"),
    path("emergency/close/", duty.emergency_end, name="emergency_close"),
    path("purpose/", purpose.view, name="purpose"),
    path("find/", find.view, name="find"),
    path("family/new/", new_family.view, name="family_new"),
    path("family/<uuid:household>/", family.view, name="family"),
    path("reveal/<uuid:subject>/<slug:field>/", family.reveal, name="reveal"),
    path("family/<uuid:household>/doubles/", family.doubles, name="family_doubles"),
    path("family/<uuid:household>/receipt/", family.receipt_of, name="family_receipt"),
    path("family/<uuid:household>/what-if/", family.what_if, name="family_what_if"),
    path("family/<uuid:household>/change/<slug:kind>/", changes.propose, name="change_propose"),
    path("change/<uuid:change>/", changes.view, name="change"),
    path("change/<uuid:change>/decide/", changes.decide, name="change_decide"),
    path("change/<uuid:change>/withdraw/", changes.withdraw, name="change_withdraw"),
    path("traces/", traces.view, name="traces"),
    path("officers/", officers.view, name="officers"),
    path("officers/new/", officers.new, name="officer_new"),
    path("officers/<uuid:officer>/", officers.one, name="officer"),
    path("lead/<uuid:lead>/", lead.view, name="lead"),
    path("imports/", imports.view, name="imports"),
    path("imports/<uuid:batch>/", imports.batch, name="import"),
    path("imports/<uuid:batch>/returned/", imports.returned, name="import_returned"),
    path("imports/<uuid:batch>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<uuid:batch>/discard/", imports.discard, name="import_discard"),
    path("imports/<uuid:batch>/undo/", imports.undo, name="import_undo"),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
