"""Every value that may be set is read by something, and it can be said by what."""

from __future__ import annotations

from doudi.law.readers import readers
from doudi.law.rulebook import Law

READ = readers(Law.load())


def test_every_value_is_read_by_a_rule_a_procedure_a_catalogue_or_a_check() -> None:
    """A value that a county may set and nothing reads is a promise that nobody keeps."""
    assert [name for name, who in READ.items() if not who] == []


def test_it_says_who() -> None:
    assert "规则“低保标准合计”" in READ["dibao_standard"]
    assert READ["list_refresh_months"] == ("程序“低收入人口名单管理”",)
    assert READ["tekun_nursing_full_least"] == ("保存数值时的检查",)
    assert "项目“精神残疾特困人员每月一次接送入院治疗”" in READ["hospital_visit_months"]
    assert "程序“低收入人口统一认定”" in READ["investigators_least"], "named by a check of the table"
    assert not any("低保标准合计" in who for who in READ["payment_day"])
