"""The register's tables: families, people, who lives with whom, what was said of them, and who changed it."""

import json
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils import timezone

from doudi.intake.cells import LONGEST_OF
from doudi.office.fields import EncryptedField, new_id
from doudi.office.models import Officer
from doudi.office.scope import PersonalModel, RegionField

# The county of a row: within it an ID number and a household number stand once.
COUNTY = Left("region_code", 6)
MADE_BY_SOMETHING = Q(origin__isnull=False)


class Household(PersonalModel):
    """One family as the register keeps it. What is said of it stands in `Statement`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField("区划代码")
    household_no = models.CharField("户编号", max_length=LONGEST_OF["household_id"])
    area_type = models.CharField("城乡类型", max_length=5)
    created_at = models.DateTimeField(default=timezone.now)
    ended_on = models.DateField("销户日期", null=True)
    origin = models.UUIDField(null=True)

    class Meta(PersonalModel.Meta):
        indexes = (
            models.Index(fields=("region_code",), name="registry_household_region"),
            models.Index(fields=("origin",), name="registry_household_origin", condition=MADE_BY_SOMETHING),
        )
        constraints = (models.UniqueConstraint(COUNTY, "household_no", name="registry_household_no_once"),)


class Person(PersonalModel):
    """One person. `origin` is the import batch or change request that made the row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField("区划代码")
    name = models.CharField("姓名", max_length=LONGEST_OF["name"])
    sort_key = models.CharField("拼音排序", max_length=120, db_collation="C")
    sex = models.CharField("性别", max_length=6, blank=True)
    birth_date = models.DateField("出生日期", null=True)
    id_no: Any = EncryptedField("身份证号", purpose="id-number", null=True)
    id_index = models.BinaryField(null=True)
    id_tail = models.BigIntegerField(null=True)
    died_on = models.DateField("死亡日期", null=True)
    created_at = models.DateTimeField(default=timezone.now)
    origin = models.UUIDField(null=True)

    class Meta(PersonalModel.Meta):
        indexes = (
            models.Index(fields=("name", "birth_date"), name="registry_person_name"),
            models.Index(fields=("id_tail",), name="registry_person_tail"),
            models.Index(fields=("origin",), name="registry_person_origin", condition=MADE_BY_SOMETHING),
        )
        constraints = (
            # One record per number and county, dead or alive: who was registered dead in error comes back.
            models.UniqueConstraint("id_index", COUNTY, name="registry_person_once"),
        )

    def __str__(self) -> str:
        return str(self.name)


class NameToken(PersonalModel):
    """What a name is searched by; see `identity.tokens_of`. A row per token: LIKE loses its index under RLS.

    By far the largest table, so its key is its only index: rows of a person are found by the name's tokens.
    """

    pk = models.CompositePrimaryKey("token", "region_code", "person_id")
    token = models.BigIntegerField()
    region_code = RegionField()
    person = models.ForeignKey(
        Person, models.DO_NOTHING, related_name="tokens", db_index=False, db_constraint=False
    )


class Membership(PersonalModel):
    """A person belongs to a household for a span of days, as known for a span of time.

    `known_until` None is what holds today; a correction closes it and adds a row. The database refuses two
    households at the same time (migration 0001).
    """

    region_code = RegionField()
    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    relation = models.CharField("与户主关系", max_length=20)
    from_day = models.DateField("自")
    until_day = models.DateField("至（不含）", null=True)
    known_from = models.DateTimeField(default=timezone.now)
    known_until = models.DateTimeField(null=True)
    origin = models.UUIDField(null=True)

    class Meta(PersonalModel.Meta):
        indexes = (
            models.Index(fields=("origin",), name="registry_member_origin", condition=MADE_BY_SOMETHING),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(until_day__isnull=True) | Q(until_day__gt=F("from_day")),
                name="registry_member_span",
            ),
            models.UniqueConstraint(
                fields=("household",),
                condition=Q(relation="HEAD", until_day__isnull=True, known_until__isnull=True),
                name="registry_one_head",
            ),
        )


class Statement(PersonalModel):
    """Facts somebody stated about one subject, for a span of days, at a moment. Never changed, only added to.

    Where statements overlap the later one holds, fact by fact (docs/adr: facts as statements). `facts` in
    the clear, `sealed` encrypted, both JSON objects of facts.py.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField()
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, related_name="statements", db_index=False
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="statements", db_index=False)
    from_day = models.DateField("自")
    until_day = models.DateField("至（不含）", null=True)
    known_from = models.DateTimeField(default=timezone.now)
    source = models.CharField("来源", max_length=20)
    by = models.UUIDField("填报人", null=True)
    origin = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    sealed: Any = EncryptedField(purpose="register-facts", null=True)

    class Meta(PersonalModel.Meta):
        indexes = (
            models.Index(
                fields=("household",), name="registry_of_household", condition=Q(household__isnull=False)
            ),
            models.Index(fields=("person",), name="registry_of_person", condition=Q(person__isnull=False)),
            models.Index(fields=("origin",), name="registry_stated_origin", condition=MADE_BY_SOMETHING),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(until_day__isnull=True) | Q(until_day__gt=F("from_day")),
                name="registry_stated_span",
            ),
            models.CheckConstraint(
                condition=Q(household__isnull=True, person__isnull=False)
                | Q(household__isnull=False, person__isnull=True),
                name="registry_one_subject",
            ),
        )

    def all_facts(self) -> dict[str, Any]:
        """Facts in the clear and sealed ones opened; whoever shows one of them writes the audit row."""
        return {**self.facts, **(json.loads(self.sealed.open()) if self.sealed else {})}


class ExternalStatus(PersonalModel):
    """What another list says somebody receives: a hint for officers, never an entitlement of ours."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField()
    household = models.ForeignKey(Household, models.PROTECT, related_name="statuses")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="statuses")
    programme = models.CharField("项目", max_length=30)
    from_day = models.DateField("自")
    until_day = models.DateField("至（不含）", null=True)
    amount = models.BigIntegerField("金额（分/月）", null=True)
    source = models.CharField("来源", max_length=20)
    known_from = models.DateTimeField(default=timezone.now)
    known_until = models.DateTimeField(null=True)
    origin = models.UUIDField(null=True)


class Obligor(PersonalModel):
    """Who owes a person support by law and lives elsewhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="obligors")
    name = models.CharField("姓名", max_length=80)
    relation = models.CharField("关系", max_length=20)
    id_no: Any = EncryptedField("身份证号", purpose="id-number", null=True)
    id_index = models.BinaryField(null=True)
    from_day = models.DateField("自")
    until_day = models.DateField("至（不含）", null=True)
    known_from = models.DateTimeField(default=timezone.now)
    known_until = models.DateTimeField(null=True)


class NearRelative(PersonalModel):
    """近亲属备案: a member is a near relative of someone who handles dibao or sits on the village board."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="near_relatives")
    official = models.CharField("工作人员姓名", max_length=80)
    post = models.CharField("单位和职务", max_length=120)
    relation = models.CharField("关系", max_length=20)
    from_day = models.DateField("备案日期")
    until_day = models.DateField("至（不含）", null=True)
    known_from = models.DateTimeField(default=timezone.now)
    known_until = models.DateTimeField(null=True)


class ChangeRequest(PersonalModel):
    """A change somebody proposed and somebody else decided. Undone only by another request."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField()
    kind = models.CharField("事项", max_length=10)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="requests")
    day = models.DateField("发生日期")
    payload: Any = EncryptedField("内容", purpose="change-request")
    reason: Any = EncryptedField("说明", purpose="change-request")
    state = models.CharField("状态", max_length=10, default="PROPOSED")
    proposed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField("审批意见", max_length=300, blank=True)
    once = models.BinaryField(null=True)
    """What it asks for, as a keyed digest, while it waits, a newcomer's for good: to be asked once."""

    class Meta(PersonalModel.Meta):
        indexes = (
            models.Index(fields=("state", "region_code"), name="registry_request_open"),
            models.Index(fields=("decided_by", "decided_at"), name="registry_request_done"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="registry_two_officers",
            ),
            models.CheckConstraint(
                condition=Q(state="PROPOSED", decided_at__isnull=True)
                | (Q(state__in=("APPLIED", "REJECTED", "WITHDRAWN"), decided_at__isnull=False)),
                name="registry_decided",
            ),
            models.UniqueConstraint(fields=("once",), name="registry_request_once"),
        )


class Draft(PersonalModel):
    """What an officer has typed into a form and not sent (drafts.py); nobody else sees it.

    `kind` is empty for one that was sent.
    `household` is no foreign key: what waits here must not hold a family back that a list takes out again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region_code = RegionField()
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    kind = models.CharField("事项", max_length=10)
    household = models.UUIDField(null=True)
    about = models.UUIDField(null=True)
    typed: Any = EncryptedField("填写", purpose="draft")
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta(PersonalModel.Meta):
        indexes = (models.Index(fields=("kept_at",), name="registry_draft_kept"),)
