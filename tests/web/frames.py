"""The pages around articles, by family of publishing system, as the domain note describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from tests.web.article import Article

CALENDAR = (
    '<table class="calendar"><tr><td>日</td><td>一</td><td>二</td><td>三</td><td>四</td><td>五</td><td>六</td></tr>'
    + "".join(
        "<tr>" + "".join(f"<td>{day}</td>" for day in range(first, min(first + 7, 32))) + "</tr>"
        for first in range(1, 32, 7)
    )
    + "</table>"
)
STATISTICS = (
    '<table class="fwl"><tr><th>栏目</th><th>本月发布</th><th>本年发布</th></tr><tr><td>政务动态</td><td>31</td>'
    "<td>402</td></tr><tr><td>依申请公开</td><td>2</td><td>17</td></tr></table>"
)


@dataclass(frozen=True)
class Frame:
    """``opens`` and ``closes`` stand around the body; ``block`` labels the metadata (number, source, day, title), ""
    for none; ``metas`` are the names of the meta tags; ``beside`` is a table that is not the report's."""

    opens: str
    closes: str
    block: Mapping[str, str]
    metas: bool = True
    beside: str = ""
    script: str = ""


TRS = Frame(
    '<div class="view TRS_UEDITOR trs_paper_default"><div class="TRS_Editor">',
    "</div></div>",
    {"number": "索 引 号", "source": "发布机构", "day": "发布日期", "title": "名　　称"},
)
TRS_BARE = Frame('<div id="zoom" class="article">', "</div>", {}, beside=STATISTICS)
JCMS = Frame(
    '<div id="zoom" class="bt-content"><!--ZJEG_RSS.content.begin-->',
    "<!--ZJEG_RSS.content.end--></div>",
    {"number": "索引号", "source": "公开主体", "day": "成文日期", "title": "文件名称"},
)
ANNUAL = Frame('<div class="nbcontent"><div id="zoom">', "</div></div>", {}, metas=False)
JPAAS = Frame('<div id="zoom">', "</div>", {"number": "信息索引号", "source": "发布机关", "day": "生成日期"})
NFCMS = Frame(
    '<div class="news_cont_d_wrap">',
    "</div>",
    {},
    script="var NFCMS_SITE_ID = '755007'; var NFCMS_POST_ID = '{serial}';",
)
GKMLPT = Frame(
    '<div class="tyxxy_main"><div class="content">',
    "</div></div>",
    {"number": "索引号", "column": "分类", "source": "发布机构", "day": "成文日期", "title": "名称", "none": "文号"},
    metas=False,
)
VSB = Frame('<div id="vsb_content"><div class="v_news_content">', "</div></div>", {}, beside=CALENDAR)
LONSUN = Frame(
    '<div class="gkwz_contnet" id="J_content">',
    "</div>",
    {"number": "索 引 号", "column": "组配分类", "source": "发布机构", "day": "发布日期", "title": "名　　称"},
)
UCAP = Frame(
    '<div id="UCAPCONTENT"><div class="article_content">', "</div></div>", {"number": "索引号", "day": "发文日期"}
)
SHANGHAI = Frame('<div class="Article_content" id="ivs_content">', "</div>", {})
PLAIN = Frame('<div class="content">', "</div>", {"source": "信息来源", "day": "产生日期"}, beside=CALENDAR)
NAKED = Frame('<table width="778" align="center"><tr><td class="text">', "</td></tr></table>", {}, metas=False)

BLOCK = {
    "number": "{number}",
    "source": "{source}",
    "day": "{day}",
    "title": "{title}",
    "column": "{column}",
    "none": "",
}


def page(article: Article, frame: Frame, charset: str | None = "utf-8", more: str = "") -> str:
    """The article in its frame; ``charset`` is what the page says of itself (None: nothing), ``more`` goes into its
    head."""
    values = {
        "number": article.number,
        "source": escape(article.source),
        "day": article.day.isoformat(),
        "title": escape(article.title),
        "column": article.column,
        "serial": str(article.serial),
    }
    metas = ""
    if frame.metas:
        metas = (
            f'<meta name="SiteName" content="{article.site}"/>\n<meta name="ColumnName" content="{article.column}"/>\n'
            f'<meta name="ArticleTitle" content="{values["title"]}"/>\n'
            f'<meta name="PubDate" content="{values["day"]} 09:30"/>\n'
            f'<meta name="ContentSource" content="{values["source"]}"/>\n'
        )
    script = f"<script>{frame.script.format(**values)}</script>\n" if frame.script else ""
    rows = "".join(
        f"<tr><td>{label}：</td><td>{BLOCK[name].format(**values)}</td></tr>" for name, label in frame.block.items()
    )
    block = f'<table class="xxgk-head">{rows}</table>\n' if rows else ""
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}"/>\n' if charset else ""
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
{declared}<title>{values["title"]}-{article.site}</title>
{metas}{script}{more}</head>
<body>
{HEADER}
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; {article.column}</div>
{frame.beside}{block}<h1>{values["title"]}</h1>
<div class="info">发布时间：{values["day"]} 09:30　来源：{values["source"]}　字号：[大 小]</div>
{frame.opens}
{article.body}
{frame.closes}
{FOOTER}
</body>
</html>
"""


HEADER = (
    '<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li>'
    '<li><a href="/bsfw/">办事服务</a></li><li><a href="/hdjl/">互动交流</a></li></ul></div>'
)
FOOTER = (
    '<div class="footer">主办：示例政务网编辑部　备案号：示例ICP备00000000号　网站标识码：9900000000　'
    '<a href="/wzdt/">网站地图</a> <a href="https://beian.example.com/">公安备案</a></div>'
)


def list_page(title: str, body: str, charset: str | None = "utf-8", head: str = "") -> str:
    """A list in the frame of its site."""
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}"/>\n' if charset else ""
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
{declared}<title>{title}-示例政务网</title>
<meta name="ColumnName" content="{title}"/>
{head}</head>
<body>
{HEADER}
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; {title}</div>
{body}
{FOOTER}
</body>
</html>
"""
