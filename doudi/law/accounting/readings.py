"""Parts that several rules are made of; most read a family more than one way (docs/adr/0027).

A member is open while it is not known whether he is tekun or an orphan. Room is what a line leaves a family:
the line less its income. Who is left out takes his income and his share of the line with him, so the room
grows by what he has over the share, or shrinks by what he lacks. What all open members have over their
shares together, and what the highest of them has over his, bound this for every choice of members: exactly
for one and for two, and for any number of whom nobody is over or all have the same; else the bound is wide
and errs towards 待核实. Ten thousand million yuan stand for a member who is not open.

Where the county has not said what a loss of business does, income is unknown and the line is read both ways:
with losses taken for nothing, and with all of them set off.
"""

from doudi.engine.vocabulary import hi, known, largest, lo, part, total, where


@part
def income_of_open(open_member, own_income, family_income):
    "待核实成员的本人收入之和（家庭收入不详的不详）"
    return where(
        known(family_income), total(where(open_member and known(own_income), own_income, 0)), family_income
    )


@part
def highest_of_open(open_member, own_income, family_income):
    "待核实成员中本人收入最高的（家庭收入不详的不详）"
    return where(
        known(family_income),
        largest(where(open_member and known(own_income), own_income, -1000000000000)),
        family_income,
    )


@part
def most_over(share, open_income, open_income_most, open_members):
    "超出一人份额的待核实成员，超出的部分合计最多：全体合计超出的，或除一人外都与最高的一样超出"
    return hi(open_income - share * open_members, (open_members - 1) * (open_income_most - share), 0)


@part
def most_room(room, share, open_income, open_income_most, open_members):
    "余地最大的一种：只有超出一人份额的待核实成员不计入"
    return room + most_over(share, open_income, open_income_most, open_members)


@part
def least_room(room, share, open_income, open_income_most, open_members):
    "余地最小的一种：只有不足一人份额的待核实成员不计入"
    return (
        room
        + (open_income - share * open_members)
        - most_over(share, open_income, open_income_most, open_members)
    )


@part
def room_each_way(least, most, members_settled):
    "每一种计法都有余地的为是，都没有的为否，其余不详"
    return least > 0 or (most > 0 and members_settled)


@part
def room_of_open(room, share, open_income, open_income_most, open_members, members_settled):
    "有人待核实的家庭有余地：余地、一人份额和待核实成员的收入用同一单位"
    return room_each_way(
        least_room(room, share, open_income, open_income_most, open_members),
        most_room(room, share, open_income, open_income_most, open_members),
        members_settled,
    )


@part
def below_whatever_loss(income, line, most, loss):
    "收入低于线；有亏损、怎样计入不详的，按零计也低于的低于，全部冲抵也不低于的不低于"
    return where(
        known(income),
        income < line,
        where(known(loss) and loss > 0, most < line or (most - loss < line and income < line), income < line),
    )


@part
def below_each_way(
    income, line, share, most, loss, open_income, open_income_most, open_members, members_settled
):
    "收入低于线：有人待核实的计与不计都低于才算，没有人待核实的亏损冲抵与否都低于才算"
    return where(
        open_members == 0,
        below_whatever_loss(income, line, most, loss),
        room_of_open(line - income, share, open_income, open_income_most, open_members, members_settled),
    )


@part
def below(income, line, share, open_income, open_income_most, open_members, members_settled):
    "收入低于线（等于即不低于）；有人待核实的，计与不计都低于才算"
    return where(
        open_members == 0,
        income < line,
        room_of_open(line - income, share, open_income, open_income_most, open_members, members_settled),
    )


@part
def within(income, line, share, open_income, open_income_most, open_members, members_settled):
    "收入在线以内（等于即在以内）；有人待核实的，计与不计都在以内才算"
    return where(
        open_members == 0,
        income <= line,
        room_of_open(line - income + 1, share, open_income, open_income_most, open_members, members_settled),
    )


@part
def outlays_exceed(
    outlays, outlay_of_one, income, ratio, open_income, open_income_most, open_members, members_settled
):
    "支出大于收入 × 千分比（等于即不大于，收入为负的按零）；有人待核实的，计与不计都大于才算"
    return where(
        open_members == 0,
        outlays * 1000 > hi(income, 0) * ratio,
        room_each_way(
            lo(
                outlays - outlay_of_one * open_members,
                least_room(
                    outlays * 1000 - income * ratio,
                    outlay_of_one * 1000,
                    open_income * ratio,
                    open_income_most * ratio,
                    open_members,
                ),
            ),
            lo(
                outlays,
                most_room(
                    outlays * 1000 - income * ratio,
                    outlay_of_one * 1000,
                    open_income * ratio,
                    open_income_most * ratio,
                    open_members,
                ),
            ),
            members_settled,
        ),
    )


@part
def own_reckoned(income, deducts_employment_cost, employment_cost, deducts_work_trip_cost, work_trip_cost):
    "收入减按该口径可扣的就业成本、务工成本"
    return (
        income
        - where(deducts_employment_cost, employment_cost, 0)
        - where(deducts_work_trip_cost, work_trip_cost, 0)
    )


@part
def reckoned(
    income,
    deducts_employment_cost,
    employment_cost,
    deducts_work_trip_cost,
    work_trip_cost,
    deducts_rigid,
    rigid,
):
    "收入减按该口径可扣的就业成本、务工成本、刚性支出"
    return own_reckoned(
        income, deducts_employment_cost, employment_cost, deducts_work_trip_cost, work_trip_cost
    ) - where(deducts_rigid, rigid, 0)


@part
def months_of_wages_told(wage_months):
    "工资分月填写：至少两个月有工资（只有一笔的可能是全年合计）"
    return known(wage_months) and wage_months >= 2
