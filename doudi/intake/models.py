"""Intake's tables: files as received, their rows as read, and the leads that somebody must look into."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from doudi.office.fields import EncryptedField, new_id
from doudi.office.models import Attachment, Officer
from doudi.office.scope import PersonalModel, RegionField

STATES = {
    "RECEIVED": "已接收",
    "STAGED": "已读取，待预览",
    "COMPARED": "待确认",
    "CONFIRMED": "已确认，入册中",
    "APPLIED": "已入册",
    "UNDONE": "已撤销",
    "REFUSED": "不能读取",
    "SET_ASIDE": "未能入册",
    "DISCARDED": "已放弃",
}
OUTCOMES = {
    "NEW": "新增",
    "CHANGED": "有变化",
    "UNCHANGED": "无变化",
    "DIFFERS": "不同，需办理变更",
    "REFUSED": "未通过",
    "ELSEWHERE": "其他地区已登记",
}
NOTE = "NOTE"
"""The outcome of a row that only holds remarks about the whole file."""
SOURCES = {"VISIT": "入户走访", "SELF": "自主申报", "GRASSROOTS": "基层上报", "DATA_MATCH": "数据比对"}


class ImportBatch(PersonalModel):
    """One file: what it is (`mapping`), the day it speaks about, and how far it has come."""

    office_field: ClassVar[str] = "department"
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField("区划代码")
    department = models.CharField("部门类别", max_length=12, blank=True)
    mapping = models.CharField("名册", max_length=40)
    village = RegionField("没写村（社区）的归到", blank=True, default="")
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    sm3 = models.CharField("文件摘要", max_length=64)
    on = models.DateField("名册日期")
    state = models.CharField("状态", max_length=10, default="RECEIVED", choices=list(STATES.items()))
    counts = models.JSONField("各类户数", default=dict)
    refusal = models.CharField("不能读取的原因", max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField("这一步试过几次", default=0)
    received_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta(PersonalModel.Meta):
        indexes = (models.Index(fields=("region_code", "received_at"), name="intake_batch_region"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("received_by")),
                name="intake_two_officers",
            ),
        )


class ImportRow(PersonalModel):
    """One family (or single person) of a file, as read: `said` holds its document and findings, encrypted."""

    office_field: ClassVar[str] = "department"
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField("区划代码")
    department = models.CharField("部门类别", max_length=12, blank=True)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField("首行")
    said: Any = EncryptedField(purpose="import-row")
    outcome = models.CharField("结果", max_length=10, blank=True, choices=list(OUTCOMES.items()))

    class Meta(PersonalModel.Meta):
        indexes = (models.Index(fields=("batch", "number"), name="intake_row_order"),)


class ImportPerson(PersonalModel):
    """A person of the register whom a list names, for the traces: it stays when the list is put away.

    Of no department: who looks after the traces must find it.
    """

    pk = models.CompositePrimaryKey("person", "batch_id")
    person = models.UUIDField()
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+", db_index=False)
    region_code = RegionField()


class Lead(PersonalModel):
    """Somebody who may need help and should be visited. `subject` as `audit.subject_of`, empty if unknown."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField("区划代码")
    source = models.CharField("来源", max_length=10, choices=list(SOURCES.items()))
    kind = models.CharField("事由", max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    said: Any = EncryptedField("说明", purpose="lead", null=True)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    result = models.CharField("处理结果", max_length=200, blank=True)

    class Meta(PersonalModel.Meta):
        indexes = (models.Index(fields=("region_code", "opened_at"), name="intake_lead_region"),)
        constraints = (
            models.UniqueConstraint(
                fields=("subject", "kind"),
                condition=Q(closed_at__isnull=True) & ~Q(subject=""),
                name="intake_lead_once",
            ),
        )
