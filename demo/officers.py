"""Who works in the invented county: at least one officer of every role, two in every department of the annex.

Each line: sign-in name, name, role, department kind, digits after the county code ('' is the county itself).
"""

COUNTY_OFFICERS = (
    ("minzheng1", "李建国", "county_handler", "CCA", ""),
    ("minzheng2", "王敏", "county_reviewer", "CCA", ""),
    ("minzheng3", "赵立新", "county_approver", "CCA", ""),
    ("nongye1", "陈志远", "county_handler", "CAG", ""),
    ("nongye2", "周海燕", "county_reviewer", "CAG", ""),
    ("nongye3", "吴国强", "county_approver", "CAG", ""),
    ("shenji", "郑明", "auditor", "AUDIT", ""),
    ("guanli", "孙晓东", "administrator", "JOINT", ""),
    ("fenguan", "何庆", "leader", "JOINT", ""),
    ("yibao", "林芳", "liaison", "MEDICAL", ""),
    ("jiaoyu", "高远", "liaison", "EDUCATION", ""),
    ("zhujian", "罗平", "liaison", "HOUSING", ""),
    ("renshe", "梁静", "liaison", "LABOUR", ""),
    ("yimin", "宋涛", "liaison", "RELOCATION", ""),
    ("canlian", "谢兰", "liaison", "DISABLED", ""),
    ("weijian", "韩雪", "liaison", "HEALTH", ""),
    ("shuiwu", "唐杰", "liaison", "WATER", ""),
    ("yingji", "冯刚", "liaison", "EMERGENCY", ""),
    ("shichang", "于洋", "liaison", "MARKET", ""),
    ("gongan", "董伟", "liaison", "POLICE", ""),
    ("caizheng", "萧然", "liaison", "FINANCE", ""),
    # The second of each department: who sends a list does not confirm it.
    ("yibao2", "邓洁", "liaison", "MEDICAL", ""),
    ("jiaoyu2", "曹磊", "liaison", "EDUCATION", ""),
    ("zhujian2", "彭丽", "liaison", "HOUSING", ""),
    ("renshe2", "曾凯", "liaison", "LABOUR", ""),
    ("yimin2", "田雨", "liaison", "RELOCATION", ""),
    ("canlian2", "潘蓉", "liaison", "DISABLED", ""),
    ("weijian2", "蒋帆", "liaison", "HEALTH", ""),
    ("shuiwu2", "蔡瑞", "liaison", "WATER", ""),
    ("yingji2", "余磊", "liaison", "EMERGENCY", ""),
    ("shichang2", "杜娟", "liaison", "MARKET", ""),
    ("gongan2", "叶青", "liaison", "POLICE", ""),
    ("caizheng2", "程英", "liaison", "FINANCE", ""),
)
TOWNSHIP_OFFICERS = (
    ("clerk", "张庆云", "township_clerk", "TOWNSHIP"),
    ("clerk2", "刘洋", "township_clerk", "TOWNSHIP"),
    ("chief", "黄志强", "township_chief", "TOWNSHIP"),
)
VILLAGE_OFFICER = ("cun", "徐春梅", "village", "VILLAGE")
SHOWN = ("clerk001", "chief001", "minzheng1", "minzheng3", "shenji", "cun001001")
"""The sign-in names printed first: who a visitor would want to be."""
