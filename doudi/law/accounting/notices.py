"""What a receipt says beside its verdicts: nothing here decides. The texts of the codes: labels.toml."""

from doudi.engine.vocabulary import any_of, known, rule, where
from doudi.law.citing import ASSISTANCE_ORDER, DIBAO_2012, DIBAO_2021, quoted


@rule(unit="code", cites=quoted(ASSISTANCE_ORDER.art("第五十八条"), DIBAO_2021.art("第九条")))
def wage_notice(co_living, outside_worker, wage_cooperation, wage_gross):
    "务工收入提示：外出务工、没有一笔工资，也没有填写是否配合调查"
    return where(
        any_of(
            co_living
            and known(outside_worker)
            and outside_worker
            and not known(wage_cooperation)
            and wage_gross == 0
        ),
        "NO_WAGE",
        "NONE",
    )


@rule(unit="code", cites=quoted(DIBAO_2012.art("第二十七条"), DIBAO_2021.art("第二十三条")))
def payment_notice(dibao_eligible, dibao_top_up):
    "发放提示：符合低保条件而月补差取整后为零"
    return where(dibao_eligible and dibao_top_up == 0, "NOTHING_DUE", "NONE")
