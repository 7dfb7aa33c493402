"""The region tree: what ships, what can be loaded, what is refused."""

from pathlib import Path

import pytest

from doudi.kernel.region import RegionError
from doudi.office import regions
from doudi.office.models import Region

pytestmark = pytest.mark.django_db


def test_it_works() -> None:
    count = regions.load_shipped("520281")
    assert Region.objects.count() == count
    assert Region.objects.filter(level=2).count() == 31
    panzhou = Region.objects.get(code="520281")
    assert (panzhou.name, panzhou.full_name, panzhou.parent_id) == ("盘州市", "贵州省六盘水市盘州市", "5202")
    assert Region.objects.filter(level=9).count() == 27
    assert Region.objects.filter(level=12, parent__parent=panzhou).count() == 530
    assert regions.load_shipped("520281") == count


def test_what_ships() -> None:
    assert regions.shipped_counties() == ["370784", "440703", "440783", "520281"]
    for county in regions.shipped_counties():
        assert len(list(regions.read_csv(regions.SHIPPED / f"{county}.csv"))) > 100


def test_fillers_stay_out_of_full_names() -> None:
    regions.load([("11", "北京市"), ("1101", "市辖区"), ("110101", "东城区")])
    assert Region.objects.get(code="110101").full_name == "北京市东城区"


def test_towns_of_a_city_without_counties() -> None:
    regions.load([("44", "广东省"), ("4419", "东莞市"), ("441900", "东莞市"), ("441900003", "东城街道")])
    assert Region.objects.get(code="441900003").parent_id == "4419"
    assert Region.objects.count() == 3


def test_zero_filled_codes_and_new_names() -> None:
    regions.load([("370784000000", "安丘"), ("370000", "山东省"), ("370700", "潍坊市")])
    regions.load([("370784", "安丘市")])
    assert Region.objects.get(code="370784").full_name == "山东省潍坊市安丘市"


@pytest.mark.parametrize(
    ("code", "name", "message"),
    [
        ("520281", "盘州市", "上级没有载入"),
        ("52028", "盘州市", "无效"),
        ("52", " ", "为空或超过"),
        ("52", "长" * 61, "为空或超过"),
    ],
)
def test_what_is_refused(code: str, name: str, message: str) -> None:
    with pytest.raises(RegionError, match=message):
        regions.load([(code, name)])


def test_a_file_without_columns_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("编码,名称\n52,贵州省\n", encoding="utf-8")
    with pytest.raises(RegionError, match=r"x\.csv 缺少 code 或 name 列"):
        list(regions.read_csv(tmp_path / "x.csv"))
