"""What a form says of what was typed."""

import re
from datetime import date
from uuid import UUID

import pytest
from django.test import Client

from tests.rooms.registry.families import an_id
from tests.stories.register import person

DAY = {"day": "2024-06-01", "reason": "证明材料 1 号"}


@pytest.mark.parametrize(
    ("kind", "field", "label", "choices"),
    [
        ("facts", "incomes:0:item", "项目", "工资薪金、"),
        ("facts", "fact:disability_type", "残疾类别", "无、视力、"),
        ("marriage", "relation", "与户主关系", "户主、配偶"),
        ("marriage", "sex", "性别（有身份证号的可空）", "男、女"),
    ],
)
def test_what_is_no_choice_is_answered_with_the_choices_as_the_form_has_them(
    clerk: Client, family: UUID, kind: str, field: str, label: str, choices: str
) -> None:
    form = {"name": "金新来", "id_no": an_id(date(1999, 3, 7), 501), "relation": "SPOUSE", field: "LOTTERY"}
    address = f"/family/{family}/change/{kind}/?about={person('陈国富')}"
    page = clerk.post(address, DAY | form).content.decode().partition('role="alert">')[2]
    words = page.partition("</div>")[0]
    assert f"“{label}”：“LOTTERY”不是可填的值，请从下列值中选：{choices}" in words
    assert not re.search("[A-Z]{3}", words.replace("LOTTERY", ""))
