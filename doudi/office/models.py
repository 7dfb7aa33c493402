"""Office's tables: regions, departments, officers and their roles, emergency access, files, the audit."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from doudi.office.fields import EncryptedField, new_id
from doudi.office.roles import DEPARTMENTS, ROLES
from doudi.office.scope import PersonalModel, RegionField


class Region(models.Model):
    """One administrative division; the code's own digits are the path to the province."""

    code = RegionField("区划代码", primary_key=True)
    name = models.CharField("名称", max_length=60)
    level = models.PositiveSmallIntegerField("级别（代码位数）")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    full_name = models.CharField("全称", max_length=200)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return str(self.full_name)


class Department(models.Model):
    """An office of one kind (民政, 农业农村, ...) in one region."""

    kind = models.CharField("类别", max_length=12, choices=list(DEPARTMENTS.items()))
    region_code = RegionField("区划代码")
    name = models.CharField("名称", max_length=80)

    class Meta:
        ordering = ("region_code", "kind", "name")
        constraints = (
            models.UniqueConstraint(fields=("region_code", "kind", "name"), name="office_department_once"),
        )

    def __str__(self) -> str:
        return str(self.name)


class Officer(models.Model):
    """A person who works here. Not an `auth.User`: its permissions know no region, its key no encryption."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sign_in_name = models.CharField("登录名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    password = models.CharField("口令摘要", max_length=200, blank=True)
    totp_key: Any = EncryptedField("动态口令密钥", purpose="totp", null=True)
    totp_confirmed = models.BooleanField("已绑定动态口令", default=False)
    totp_last_step = models.BigIntegerField("最近用过的动态口令时段", default=-1)
    failures = models.PositiveSmallIntegerField("连续输错次数", default=0)
    locked_until = models.DateTimeField("锁定至", null=True)
    suspended = models.BooleanField("停用", default=False)
    # Set with the start password, and null once an administrator has checked whose phone was bound with it:
    # until then the account is let in nowhere.
    start_until = models.DateTimeField("起始口令有效至", null=True)
    # Raised when the password changes or the officer is suspended: sessions opened before end at once.
    generation = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.name)

    def set_password(self, plain: str) -> None:
        """Stores the hash and ends the officer's open sessions; the caller saves."""
        self.password = make_password(plain)
        self.generation += 1

    def has_password(self, plain: str) -> bool:
        """True if this is the officer's password."""
        return bool(self.password) and bool(check_password(plain, self.password))

    def starts_too_late(self, now: datetime) -> bool:
        """True for an account without a phone whose start password is over."""
        return not self.totp_confirmed and (self.start_until is None or now >= self.start_until)

    @property
    def awaits_check(self) -> bool:
        """True from binding the phone until somebody has checked that it is the officer's."""
        return bool(self.totp_confirmed) and self.start_until is not None

    def is_locked(self, now: datetime) -> bool:
        """True while too many wrong answers keep the account closed."""
        return self.locked_until is not None and now < self.locked_until


class KeyCheck(models.Model):
    """One row: a known text, sealed and indexed with the keys this database is written with (keycheck.py)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sealed: Any = EncryptedField(purpose="key-check")
    index = models.BinaryField()


class GuessingAddress(models.Model):
    """A network address from which somebody signed in wrongly, and until when it waits (guessing.py)."""

    address = models.CharField("网络地址", max_length=80, primary_key=True)
    wrong = models.PositiveSmallIntegerField("输错次数", default=0)
    since = models.DateTimeField("自")
    closed_until = models.DateTimeField("等待至", null=True)


class RoleGrant(models.Model):
    """Role x region x department for a span of days: without one in force an officer sees nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=20, choices=[(key, role.label) for key, role in ROLES.items()])
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="grants")
    from_day = models.DateField("自")
    until_day = models.DateField("至（不含）", null=True)

    class Meta:
        ordering = ("from_day", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(until_day__isnull=True) | Q(until_day__gte=F("from_day")),
                name="office_grant_span",
            ),
        )

    @staticmethod
    def in_force(day: date) -> Q:
        """Condition: the grant holds on this day."""
        return Q(from_day__lte=day) & RoleGrant.not_over(day)

    @staticmethod
    def not_over(day: date) -> Q:
        """Condition: the grant holds on this day or will hold."""
        return Q(until_day__isnull=True) | Q(until_day__gt=day)


class EmergencyAccess(models.Model):
    """Break-glass: one officer looks at a wider region of the own county, with a reason, until a moment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="emergencies")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    reason = models.CharField("理由", max_length=300)
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()


class Attachment(PersonalModel):
    """A file somebody handed in; its bytes lie encrypted outside the web root."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField("区划代码")
    subject = models.CharField("属于", max_length=80, db_index=True)
    name: Any = EncryptedField("文件名", purpose="file-name")
    content_type = models.CharField("类型", max_length=80)
    size = models.PositiveIntegerField("大小（字节）")
    stored_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta(PersonalModel.Meta):
        indexes = (models.Index(fields=("region_code",), name="office_file_region"),)


class AuditEntry(PersonalModel):
    """Who did or saw what, when, why. Appended by `audit.record`, never through this class."""

    region_field = "region_code"
    id = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField()
    at = models.DateTimeField()
    officer = models.UUIDField(null=True)
    role = models.CharField(max_length=20)
    region_code = RegionField()
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    purpose = models.CharField(max_length=640)
    detail = models.JSONField()
    origin = models.CharField(max_length=80)

    class Meta(PersonalModel.Meta):
        indexes = (
            models.Index(fields=("subject", "id"), name="office_audit_subject"),
            models.Index(fields=("officer", "id"), name="office_audit_officer"),
            models.Index(fields=("region_code", "id"), name="office_audit_region"),
            models.Index(fields=("xid", "id"), name="office_audit_xid"),
        )


class AuditSeal(models.Model):
    """One link of the chain over committed audit entries: SM3 of the link before and the entry."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    digest = models.BinaryField()
