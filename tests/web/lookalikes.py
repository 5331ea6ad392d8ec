"""What stands in lists beside the reports and is none of them."""

from __future__ import annotations

from random import Random

TITLES = (
    "{agency}{year}年政府网站工作年度报表",
    "{agency}{year}年法治政府建设年度报告",
    "{agency}{year}年统计年报",
    "关于做好{year}年度政府信息公开工作年度报告编制工作的通知",
    "一图读懂{agency}{year}年政府信息公开工作年度报告",
    "《{agency}{year}年政府信息公开工作年度报告》政策解读",
    "{agency}{year}年度部门决算公开",
    "{agency}{year}年政务公开工作要点",
    "{agency}政府信息公开指南",
    "{agency}{year}年度财政预算执行情况的报告",
    "我市召开{year}年政府信息公开年度报告编制工作部署会",
    "{agency}{year}年上半年政府信息公开工作总结",
)
TABLE = (
    '<table border="1"><tr><td>信息发布总数（单位：条）</td><td>{a}</td></tr><tr><td>独立用户访问总量（单位：个）</td>'
    "<td>{b}</td></tr><tr><td>收到留言数量（单位：条）</td><td>{c}</td></tr></table>"
)


def title(number: int, agency: str, year: int) -> str:
    """The ``number``th kind of look-alike."""
    return TITLES[number % len(TITLES)].format(agency=agency, year=year)


def body(name: str, random: Random) -> str:
    """A page of its kind: prose, here and there a table of figures that are not the form's."""
    a, b, c = random.randint(2, 90), random.randint(100, 900), random.randint(2, 40)
    table = TABLE.format(a=a, b=b, c=c) if random.random() < 0.4 else ""
    return (
        f"<p>{name}。</p><p>一、基本情况。按照上级部署，全年开展相关工作{a}项，发布信息{b}条。</p>{table}"
        f"<p>二、下一步打算。继续抓好{c}项任务的落实。</p>"
    )
