"""Where a household may apply for dibao: its hukou, or a residence permit where a region opens that way."""

from doudi.engine.vocabulary import is_in, month_diff, rule
from doudi.law.citing import DIBAO_2012, DIBAO_2021, JIANGXI_2018, quoted

PLACE = quoted(DIBAO_2012.art("第四条"), DIBAO_2021.art("第四条、第五条"), JIANGXI_2018.art("五(一)1"))


@rule(unit="bool", cites=PLACE)
def dibao_resident(
    hukou_local,
    residence_permit_route_enabled,
    residence_permit_held,
    hukou_type,
    residence_permit_from,
    application_date,
    residence_permit_months,
):
    "可在本地申请低保：户籍在申请地；或当地准许持居住证申请低保，农业户籍且持证至申请日满规定月数"
    return hukou_local or (
        residence_permit_route_enabled
        and residence_permit_held
        and is_in(hukou_type, "AGRICULTURAL", "RESIDENT_RURAL")
        and month_diff(residence_permit_from, application_date) >= residence_permit_months
    )
