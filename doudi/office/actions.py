"""An officer's own verbs: sign in and out, decide with a code, look outside one's own work."""

import base64
import os
import re
import time
import unicodedata
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django_otp.oath import TOTP

from doudi.office import audit, guessing
from doudi.office.crypto import blind_index, module
from doudi.office.fields import place_of
from doudi.office.models import EmergencyAccess, Officer
from doudi.office.queries import duties_of
from doudi.office.scope import Scope, active, own_account

Session = MutableMapping[str, Any]

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
PENDING_SECONDS = 600
SHORTEST_PASSWORD = 10
SHORTEST_REASON, LONGEST_REASON = 4, 300
"""Han characters at least, characters at most: the audit keeps a reason whole."""
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){10}")
_DAY = re.compile(r"(?<!\d)\d{4}-\d\d?-\d\d?(?!\d)")
_DOCUMENT = re.compile(
    r"(?<!\d)20[0-4]\d\s*[〕\])】年]\s*(?:第\s*)?\d{1,12}\s*号|(?<!\d)20[0-4]\d{9,14}(?=\s*号)"
)
LONGEST_EMERGENCY = timedelta(hours=4)


class Refused(Exception):
    """An action that is not allowed; the text says in Chinese why and what to do."""


class PurposeNeeded(Refused):
    """Looking outside one's own work needs a purpose; the screen asks for it and tries again."""


class Step(StrEnum):
    """What the sign-in page does next."""

    REFUSED = "REFUSED"
    WAIT = "WAIT"
    ENROL = "ENROL"
    CODE = "CODE"
    NO_DUTY = "NO_DUTY"
    CHECK = "CHECK"
    DONE = "DONE"


# One text for unknown name, wrong password, wrong code, suspended and locked: it tells a guesser nothing.
REFUSED_TEXT = "登录名、口令或动态口令不正确，或账号已停用。连续输错 5 次，账号锁定 15 分钟。"


def sign_in(*, session: Any, name: str, password: str, origin: str = "") -> Step:
    """First step: name and password. Returns ENROL (no one-time code yet), CODE, REFUSED or WAIT."""
    if guessing.minutes_to_wait(origin):
        _record_refusal(None, origin, counted=False)
        return Step.WAIT
    with transaction.atomic():
        officer = Officer.objects.select_for_update().filter(sign_in_name=name.strip()).first()
        if officer is None:
            make_password(password)  # as slow as a real check
        fits = officer is not None and officer.has_password(password)
        if officer is None or not _passes(officer, fits and not officer.starts_too_late(timezone.now())):
            # The name as typed is not recorded: it may be a password in the wrong box.
            _record_refusal(officer, origin)
            return Step.REFUSED
    session.cycle_key()
    step = Step.CODE if officer.totp_confirmed else Step.ENROL
    session["pending"] = {
        "officer": str(officer.id), "generation": officer.generation, "step": step, "at": int(time.time())
    }  # fmt: skip
    return step


def begin_totp(*, session: Session) -> str | None:
    """For a session at step ENROL: the `otpauth://` address to draw as a QR code; None at any other step.

    The key is this session's own and becomes the account's with the first right code: whoever else holds the
    start password is shown another one, which opens nothing.
    """
    with transaction.atomic():
        officer = _pending(session)
    if officer is None or officer.totp_confirmed:
        return None
    key = _offered(session, officer)
    if key is None:
        key = new_totp_key()
        sealed = module().encrypt(key.encode(), purpose="totp", place=_place(officer))
        session["pending"] = {**session["pending"], "key": sealed.hex()}
    return f"otpauth://totp/{quote('兜底')}:{quote(officer.sign_in_name)}?secret={key}&issuer={quote('兜底')}"


def new_totp_key() -> str:
    """160 random bits in base 32, as a phone's one-time code application takes them."""
    return base64.b32encode(os.urandom(20)).decode()


def verify_totp(*, session: Any, code: str, origin: str = "", password: str = "") -> Step:
    """Second step: the one-time code. On DONE the session is the officer's, in the oldest duty in force.

    The first time also the password from now on, in place of the start password, which the administrator
    knows; then, and until somebody has checked whose phone it is, CHECK: the session holds the number to read
    out as `check` and nothing else. Raises Refused for a password that will not do.
    """
    if guessing.minutes_to_wait(origin):
        _record_refusal(None, origin, counted=False)
        return Step.WAIT
    with transaction.atomic():
        officer = _pending(session)
        binding = officer is not None and not officer.totp_confirmed
        if officer and binding:
            if officer.has_password(password):
                raise Refused("请另选一个口令，不要用起始口令。")
            set_password(officer, password)
            officer.totp_key, officer.totp_last_step = _offered(session, officer), -1
        if officer is None or not _passes(officer, _code_fits(officer, code)):
            _record_refusal(officer, origin)
            return Step.REFUSED
        officer.totp_confirmed = True
        officer.failures = 0
        bound = ("password", "generation", "totp_key", "totp_confirmed") if binding else ()
        _save(officer, "totp_last_step", "failures", *bound)
        duties = duties_of(officer.id)
        told = duties or list(officer.grants.order_by("-from_day")[:1])  # a role may begin later
        by = Scope(told[0].region_id, told[0].role, officer.id, origin=origin) if told else None
        verbs = ("bound_phone", "set_password") if binding else ()
        for verb in (*verbs, "held_for_check" if officer.awaits_check else "signed_in"):
            audit.record(by=by, verb=verb, subject=audit.subject_of(officer))
    if officer.awaits_check:
        session.flush()
        session["check"] = check_number(officer)
        return Step.CHECK
    if not duties:
        return Step.NO_DUTY
    session.flush()
    session["officer"], session["generation"] = str(officer.id), officer.generation
    session["duty"], session["seen_at"] = str(duties[0].id), int(time.time())
    return Step.DONE


def check_number(officer: Officer) -> str:
    """Six digits of the phone's binding: the officer reads them out, who checks the binding types them in."""
    digest = blind_index(officer.totp_key.open(), "binding")
    return f"{int.from_bytes(digest[:8], 'big') % 10**6:06d}"


@contextmanager
def deciding(*, by: Scope, code: str) -> Iterator[None]:
    """One one-time code for one decision. Raises Refused for a code that is wrong or was used.

    A decision that is refused (an answer is missing), or about nothing in sight, gives the code back: nothing
    was decided with it.
    """
    with transaction.atomic():
        officer = Officer.objects.select_for_update().get(id=by.officer)
        before, fits = officer.totp_last_step, _passes(officer, _code_fits(officer, code))
        if fits:
            officer.failures = 0
            _save(officer, "totp_last_step", "failures")
        verb = "confirmed_again" if fits else "code_refused"
        audit.record(by=by, verb=verb, subject=audit.subject_of(officer))
    if officer.is_locked(timezone.now()):
        raise Refused("连续输错 5 次，账号已锁定 15 分钟，没有办理。请到时间再办，或请系统管理员解锁。")
    if not fits:
        raise Refused("动态口令不正确或已用过，没有办理。请等手机显示下一组数字，再填一次。")
    try:
        yield
    except (Refused, Http404):
        with own_account(officer.id):
            used = Officer.objects.filter(id=officer.id, totp_last_step=officer.totp_last_step)
            used.update(totp_last_step=before)
        raise


def sign_out(*, session: Any, by: Scope | None) -> None:
    """Ends the session."""
    if by is not None:
        audit.record(by=by, verb="signed_out", subject=f"office_officer:{by.officer}")
    session.flush()


def choose_duty(*, session: Session, by: Scope, duty: UUID) -> None:
    """Goes on in another of the officer's own duties in force. Raises Refused."""
    if by.officer is None or duty not in {grant.id for grant in duties_of(by.officer)}:
        raise Refused("这个岗位不在您名下，或已经到期。")
    audit.record(by=by, verb="changed_duty", subject=f"office_rolegrant:{duty}")
    session["duty"] = str(duty)
    session.pop("emergency", None)


def change_password(*, by: Scope, old: str, new: str) -> None:
    """Sets a new password and ends all sessions of the officer. Raises Refused.

    Wrong answers count and lock as at the sign-in: an unlocked screen is no place to guess at.
    """
    with transaction.atomic():
        officer = Officer.objects.select_for_update().get(id=by.officer)
        fits = _passes(officer, officer.has_password(old))
        if fits:
            set_password(officer, new)
            officer.failures = 0
            _save(officer, "password", "generation", "failures")
            audit.record(by=by, verb="changed_password", subject=audit.subject_of(officer))
        else:
            _record_refusal(officer, by.origin)
    if not fits:
        raise Refused("原口令不正确，或账号已锁定。连续输错 5 次，账号锁定 15 分钟。")


@contextmanager
def looking_outside(*, by: Scope, region: str, purpose: str) -> Iterator[Scope]:
    """Sees another region of the own county for one question (was this person registered elsewhere?).

    Each use is an audit row with its purpose. Raises Refused without a purpose or beyond the county.
    """
    check_reason(purpose, "查询用途")
    _check_own_county(by, region)
    audit.record(by=by, verb="looked_outside", subject=f"region:{region}", region=region, purpose=purpose)
    with active(replace(by, region=region, reason=purpose)) as wider:
        yield wider


def open_emergency(
    *, session: Session, by: Scope, region: str, reason: str, lasts: timedelta = timedelta(hours=1)
) -> EmergencyAccess:
    """Break-glass: all pages look at `region` of the own county until the time is up. Raises Refused."""
    check_reason(reason, "紧急查看的理由")
    _check_own_county(by, region)
    if not timedelta(0) < lasts <= LONGEST_EMERGENCY:
        raise Refused("紧急查看一次最长 4 小时。")
    with active(by):  # the database asks whose look it is
        access = EmergencyAccess.objects.create(
            officer_id=by.officer, region_id=region, reason=reason, ends_at=timezone.now() + lasts
        )
        audit.record(
            by=by,
            verb="opened_emergency_access",
            subject=audit.subject_of(access),
            region=region,
            purpose=reason,
            detail={"minutes": int(lasts.total_seconds() // 60)},
        )
    session["emergency"] = str(access.id)
    return access


def close_emergency(*, session: Session, by: Scope) -> None:
    """Ends the emergency access before its time."""
    with active(by):
        own = EmergencyAccess.objects.filter(id=session.pop("emergency", None), officer=by.officer)
        own.update(ends_at=timezone.now())
        audit.record(by=by, verb="closed_emergency_access", subject=f"office_officer:{by.officer}")


def _pending(session: Session) -> Officer | None:
    """The officer whose password this session has just given, locked for update.

    None, and the session has to begin again, once the time is up or the account is not what it was then:
    another password, a reset, a suspension (`generation`), or a phone bound or lost (`step`).
    """
    told = session.get("pending") or {"at": 0}
    if time.time() - told["at"] <= PENDING_SECONDS:
        accounts = Officer.objects.select_for_update().filter(
            id=told["officer"], generation=told["generation"], totp_confirmed=told["step"] == Step.CODE
        )
        for officer in accounts:
            return officer
    session.pop("pending", None)
    return None


def _offered(session: Session, officer: Officer) -> str | None:
    """The key this session has shown for binding a phone; None when it has shown none."""
    sealed = session["pending"].get("key")
    return sealed and module().decrypt(bytes.fromhex(sealed), purpose="totp", place=_place(officer)).decode()


def _place(officer: Officer) -> str:
    return place_of("django_session", "pending", officer.id)


def _passes(officer: Officer, fits: bool) -> bool:
    """Counts a wrong answer, locks after the fifth; a locked or suspended account fails whatever is typed."""
    now = timezone.now()
    if officer.suspended or officer.is_locked(now):
        return False
    if not fits:
        officer.failures += 1
        if officer.failures >= FAILURES_ALLOWED:
            officer.failures, officer.locked_until = 0, now + LOCKED_FOR
        _save(officer, "failures", "locked_until")
    return fits


def _save(officer: Officer, *fields: str) -> None:
    """Writes these columns of the officer's own account; the database lets nobody else's through."""
    with own_account(officer.id):
        officer.save(update_fields=fields)


def _code_fits(officer: Officer, code: str) -> bool:
    """Half a minute either way; a code that was used once does not fit again."""
    digits = "".join(code.split())
    if officer.totp_key is None or len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return False
    totp = TOTP(base64.b32decode(officer.totp_key.open()))
    if not totp.verify(int(digits), tolerance=1, min_t=officer.totp_last_step + 1):
        return False
    officer.totp_last_step = totp.t()
    return True


def _record_refusal(officer: Officer | None, origin: str, *, counted: bool = True) -> None:
    if origin and counted:
        guessing.count_wrong(origin)
    subject = audit.subject_of(officer) if officer else ""
    audit.record(by=None, verb="sign_in_refused", subject=subject, detail={"origin": origin})


def set_password(officer: Officer, plain: str) -> None:
    """Sets a password that is hard enough to guess; the caller saves. Raises Refused."""
    if len(plain) < SHORTEST_PASSWORD or plain.isdigit() or plain == officer.sign_in_name:
        raise Refused(f"口令至少 {SHORTEST_PASSWORD} 位，不能全是数字，也不能与登录名相同。")
    officer.set_password(plain)


def says_why(text: str) -> bool:
    """True if a purpose or reason holds enough words to say something: “。。” and “1234” do not."""
    return len(re.findall("[\u4e00-\u9fff]", text)) >= SHORTEST_REASON


def refuse_numbers(text: str, what: str) -> None:
    """Raises Refused for words that hold an ID, phone or account number: they are kept as plain text.

    A document's number with its year passes: 黔民发〔2025〕12号, 20251123000123号.
    """
    rest = _DOCUMENT.sub(" 文号", _DAY.sub(" 日", unicodedata.normalize("NFKC", text)))
    if _LONG_NUMBER.search(rest):
        raise Refused(
            f"请不要在{what}里写证件号码、电话或账号，写姓名或户编号即可。"
            "材料的文号请带年份和“号”字，如“黔民发〔2025〕12号”；其他长编号，写材料名称和日期。"
        )


def check_reason(text: str, what: str) -> None:
    """Raises Refused for a reason that says nothing, is too long to be kept, or holds a number of anybody."""
    if len(text) > LONGEST_REASON:
        raise Refused(f"{what}最多 {LONGEST_REASON} 个字，现为 {len(text)} 个字，请写短一些。")
    refuse_numbers(text, what)
    if not says_why(text):
        raise Refused(f"请填写{what}（至少 {SHORTEST_REASON} 个汉字）。")


def _check_own_county(by: Scope, region: str) -> None:
    if not region.startswith(by.region[:6]) or len(region) < min(len(by.region), 6):
        raise Refused("只能查看本县（市、区）范围内的信息。")
