"""Property (家庭财产): PASS, FAIL or NEEDS_REVIEW, from the agency's conclusion or else from local limits.

Only financial assets above the limit fail a family. A vehicle, a house, a company or machinery above its
limit asks an officer to review: a car is judged by its market value, a business by its turnover (2022).
A limit that nobody has set is unknown, never infinite and never zero.
"""

from doudi.engine.vocabulary import known, rule, where
from doudi.law.citing import DIBAO_2012, DIBAO_2021, PANZHOU_2025, SAFETY_NET_2022, TEKUN_2021, quoted

PROPERTY = quoted(DIBAO_2012.art("第十七条"), DIBAO_2021.art("第十四条"))
REVIEWED = quoted(DIBAO_2021.art("第十四条"), SAFETY_NET_2022.art("一(二)"), PANZHOU_2025.art("二(一)六⑤"))


@rule(unit="bool", cites=REVIEWED)
def assets_need_review(
    vehicle_count,
    vessel_count,
    property_vehicle_limit,
    house_count,
    property_house_limit,
    company_capital,
    property_company_limit,
    machinery_value,
    property_machinery_limit,
    tree_value,
    exempt_asset_count,
    dibao_exempts_property,
):
    "财产须复核（低保）：车船、房屋、企业出资、大型机械超过限额，有林木（价值不详的也复核），或有财产申报豁免而低保口径不予豁免"
    return (
        vehicle_count + vessel_count > property_vehicle_limit
        or house_count > property_house_limit
        or company_capital > property_company_limit
        or machinery_value > property_machinery_limit
        or (not known(tree_value) or tree_value > 0)
        or (exempt_asset_count > 0 and not dibao_exempts_property)
    )


@rule(unit="code", cites=PROPERTY)
def dibao_property(
    property_conclusion,
    financial_assets,
    household_size,
    dibao_standard,
    property_financial_multiple,
    assets_need_review,
):
    "财产状况（低保）：有核对结论按结论；否则人均金融资产不超过若干个月低保标准，且其他财产无须复核"
    return where(
        known(property_conclusion),
        property_conclusion,
        where(
            financial_assets > dibao_standard * property_financial_multiple * household_size,
            "FAIL",
            where(assets_need_review, "NEEDS_REVIEW", "PASS"),
        ),
    )


@rule(unit="bool", cites=PROPERTY)
def dibao_property_passed(dibao_property, property_review_passed):
    "财产符合低保规定：结论为符合，或待复核且复核通过"
    return where(dibao_property == "NEEDS_REVIEW", property_review_passed, dibao_property == "PASS")


@rule(unit="bool", cites=TEKUN_2021.art("第六条").text)
def tekun_property_passed(
    property_conclusion, tekun_property_by_dibao, dibao_property_passed, property_review_passed
):
    "财产符合特困规定：有核对结论或当地按低保规定核定的，同低保；否则以复核结果为准"
    return where(
        known(property_conclusion) or tekun_property_by_dibao, dibao_property_passed, property_review_passed
    )


@rule(unit="bool", cites=REVIEWED)
def edge_assets_need_review(
    vehicle_count,
    vessel_count,
    edge_vehicle_limit,
    house_count,
    edge_house_limit,
    company_capital,
    edge_company_limit,
    machinery_value,
    edge_machinery_limit,
    tree_value,
    exempt_asset_count,
    edge_exempts_property,
):
    "财产须复核（低保边缘）：车船、房屋、企业出资、大型机械超过限额，有林木（价值不详的也复核），或有财产申报豁免而该口径不予豁免"
    return (
        vehicle_count + vessel_count > edge_vehicle_limit
        or house_count > edge_house_limit
        or company_capital > edge_company_limit
        or machinery_value > edge_machinery_limit
        or (not known(tree_value) or tree_value > 0)
        or (exempt_asset_count > 0 and not edge_exempts_property)
    )


@rule(unit="code", cites=PROPERTY)
def edge_property(
    property_conclusion_edge,
    property_conclusion,
    financial_assets,
    household_size,
    dibao_standard,
    edge_financial_multiple,
    edge_assets_need_review,
):
    "财产状况（低保边缘）：有核对结论按结论；否则按当地低保边缘家庭财产限额"
    return where(
        known(property_conclusion_edge),
        property_conclusion_edge,
        where(
            known(property_conclusion),
            property_conclusion,
            where(
                financial_assets > dibao_standard * edge_financial_multiple * household_size,
                "FAIL",
                where(edge_assets_need_review, "NEEDS_REVIEW", "PASS"),
            ),
        ),
    )


@rule(unit="bool", cites=PROPERTY)
def edge_property_passed(edge_property, property_review_passed):
    "财产符合低保边缘规定：结论为符合，或待复核且复核通过"
    return where(edge_property == "NEEDS_REVIEW", property_review_passed, edge_property == "PASS")


@rule(unit="bool", cites=PROPERTY)
def rigid_property_passed(
    edge_property_passed, exempt_asset_count, rigid_exempts_property, property_review_passed
):
    "财产符合刚性支出困难规定：同低保边缘；有财产申报豁免而该口径不予豁免的以复核结果为准"
    return where(
        exempt_asset_count > 0 and not rigid_exempts_property, property_review_passed, edge_property_passed
    )
