"""The page around a report: head, navigation, tables that are not the form's."""

from __future__ import annotations

from html import escape

from tests.corpus.front import head_lines, signature
from tests.corpus.model import Filing, Front

# Where the body stands in the page, by family of publishing system.
BODY_OPEN = {
    "trs": '<div class="TRS_Editor">',
    "hanweb": '<div id="zoom" class="bt-content">',
    "boda": '<div id="vsb_content"><div class="v_news_content">',
    "lonsun": '<div class="gkml-xl-content" id="J_content">',
}
BODY_CLOSE = {"trs": "</div>", "hanweb": "</div>", "boda": "</div></div>", "lonsun": "</div>"}


def page(
    filing: Filing, body: str, family: str, charset: str | None, chrome: str, neighbours: str, nested: bool
) -> str:
    """The page; ``nested`` puts the body into a table of layout."""
    front = filing.front or Front()
    title, agency, day = escape(filing.title), escape(filing.agency.name), filing.published_on.isoformat()
    declared = "" if charset is None else f'<meta http-equiv="Content-Type" content="text/html; charset={charset}"/>\n'
    published = f'<meta name="PubDate" content="{day} 09:30"/>\n' if front.meta else ""
    signed = "".join(f'<p style="text-align: right">{line}</p>\n' for line in signature(filing, Front()))
    inner = f"{BODY_OPEN[family]}\n{body}\n{signed}{BODY_CLOSE[family]}"
    if nested:
        inner = (
            '<table width="100%"><tr><td width="180"><table><tr><td>政府信息公开指南</td></tr>'
            "<tr><td>政府信息公开制度</td></tr><tr><td>政府信息公开年报</td></tr></table></td>"
            f"<td>{inner}</td></tr></table>"
        )
    if chrome == "bare":
        stated = "".join(f"<p>{line}</p>\n" for line in head_lines(filing))
        return (
            f"<html>\n<head>\n{declared}<title>{title}</title>\n{published}"
            f'<meta name="ContentSource" content="{agency}"/>\n</head>\n<body>\n'
            f"<h1>{title}</h1>\n{stated}{inner}\n</body>\n</html>\n"
        )
    number = f"99{filing.agency.region_code[2:]}00-{filing.year + 1}-{len(filing.title):05d}"
    info = f"发布时间：{day} 09:30　来源：{agency}　" if front.page else f"来源：{agency}　"
    listed = (
        f"<tr><td>发布日期：</td><td>{day}</td><td>主题分类：</td><td>政务公开</td></tr>" if front.page else
        '<tr><td>主题分类：</td><td colspan="3">政务公开</td></tr>'
    )  # fmt: skip
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
{declared}<title>{title}-示例政务网</title>
<meta name="SiteName" content="示例政务网"/>
<meta name="SiteDomain" content="www.example.gov.cn"/>
<meta name="ColumnName" content="政府信息公开年报"/>
<meta name="ArticleTitle" content="{title}"/>
{published}<meta name="ContentSource" content="{agency}"/>
<link rel="stylesheet" href="/assets/site.css"/>
<script>var siteId = 1; function toggle(id) {{ document.getElementById(id).hidden ^= 1; }}</script>
</head>
<body>
<div class="header"><ul class="nav">
<li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li><li><a href="/bsfw/">办事服务</a></li>
<li><a href="/hdjl/">互动交流</a></li><li><a href="/zwgk/zfxxgknb/">政府信息公开年报</a></li></ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 政府信息公开年报</div>
{_neighbours(filing, neighbours)}<table class="xxgk-head" width="100%"><tbody>
<tr><td>索 引 号：</td><td>{number}</td><td>发布机构：</td><td>{agency}</td></tr>
{listed}
<tr><td>名&nbsp;&nbsp;称：</td><td colspan="3">{title}</td></tr>
</tbody></table>
<h1 class="article-title">{title}</h1>
<div class="article-info">{info}
字号：[<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>]</div>
<!--ZJEG_RSS.content.begin-->
{inner}
<!--ZJEG_RSS.content.end-->
<div class="related"><h3>相关链接</h3><ul>
<li><a href="/zwgk/zfxxgknb/{filing.year}/">{filing.year}年度其他单位年报</a></li>
<li><a href="/zwgk/zfxxgkzd/">政府信息公开制度</a></li></ul></div>
<div class="footer">主办：示例政务网编辑部　备案号：示例ICP备00000000号　网站标识码：9900000000</div>
</body>
</html>
"""


def _neighbours(filing: Filing, kind: str) -> str:
    """A table beside the report: links to other years' reports with their
    dates, or a calendar of numbers."""
    if kind == "links":
        rows = "".join(
            f'<tr><td>{at}</td><td><a href="/zwgk/{year}.html">{filing.agency.name}{year}年政府信息公开工作年度报告</a>'
            f"</td><td>{year + 1}-01-2{at}</td></tr>"
            for at, year in enumerate(range(filing.year - 1, filing.year - 4, -1), start=1)
        )
        return f'<table class="list"><tr><th>序号</th><th>标题</th><th>发布日期</th></tr>{rows}</table>\n'
    if kind == "calendar":
        days = "".join(
            "<tr>" + "".join(f"<td>{day}</td>" for day in range(first, min(first + 7, 32))) + "</tr>"
            for first in range(1, 32, 7)
        )
        heads = "".join(f"<td>{name}</td>" for name in "日一二三四五六")
        return f'<table class="calendar"><tr>{heads}</tr>{days}</table>\n'
    return ""
