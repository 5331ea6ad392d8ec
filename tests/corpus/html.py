"""A filing as a page of a content management system."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from random import Random
from typing import Literal

from tests.corpus.grid import Block, Box, Grid, GridStyle, Heading, Paragraph, Title, compose
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing
from tests.corpus.rendered import Rendered

# Where the body stands in the page, by family of publishing system.
BODY_OPEN = {
    "trs": '<div class="TRS_Editor">',
    "hanweb": '<div id="zoom" class="bt-content">',
    "boda": '<div id="vsb_content"><div class="v_news_content">',
    "lonsun": '<div class="gkml-xl-content" id="J_content">',
}
BODY_CLOSE = {"trs": "</div>", "hanweb": "</div>", "boda": "</div></div>", "lonsun": "</div>"}

WORD_CELL = "border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt"
WORD_SPAN = "font-size:10.5pt;font-family:宋体;mso-font-kerning:0pt"


@dataclass(frozen=True)
class HtmlLayout:
    """How the page is made.

    ``markup`` "plain" has clean cells, "paragraphs" a ``p`` in each, "word"
    the markup that pasting from a word processor leaves. ``empty`` is what an
    empty cell holds. ``head_cells`` prints heads as ``th``;
    ``oversized_rowspan`` gives the group labels one row too many.
    """

    family: Literal["trs", "hanweb", "boda", "lonsun"] = "trs"
    markup: Literal["plain", "paragraphs", "word"] = "plain"
    encoding: Literal["utf-8", "gbk"] = "utf-8"
    empty: Literal["", "&nbsp;", "<br/>"] = "&nbsp;"
    head_cells: bool = False
    vertical_label: bool = False
    oversized_rowspan: bool = False
    labels: LabelStyle = field(default_factory=LabelStyle)
    grid: GridStyle = field(default_factory=GridStyle)


def random_layout(random: Random) -> HtmlLayout:
    """A layout by chance."""
    return HtmlLayout(
        family=random.choice(("trs", "hanweb", "boda", "lonsun")),
        markup=random.choice(("plain", "paragraphs", "word")),
        encoding=random.choice(("utf-8", "utf-8", "gbk")),
        empty=random.choice(("", "&nbsp;", "<br/>")),
        head_cells=random.random() < 0.2,
        vertical_label=random.random() < 0.3,
        oversized_rowspan=random.random() < 0.1,
        labels=LabelStyle.by_chance(random),
        grid=GridStyle.by_chance(random),
    )


def render(filing: Filing, layout: HtmlLayout) -> Rendered:
    """The page as bytes in the layout's encoding."""
    blocks = compose(filing, layout.labels, layout.grid)
    body = "\n".join(_block(block, layout) for block in blocks if not isinstance(block, Title))
    page = _page(filing, body, layout)
    return Rendered(page.encode("gbk" if layout.encoding == "gbk" else "utf-8"), "html")


def _page(filing: Filing, body: str, layout: HtmlLayout) -> str:
    agency, day = escape(filing.agency.name), filing.published_on.isoformat()
    charset = "gb2312" if layout.encoding == "gbk" else "utf-8"
    number = f"99{filing.agency.region_code[2:]}00-{filing.year + 1}-{len(filing.title):05d}"
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}"/>
<title>{escape(filing.title)}-示例政务网</title>
<meta name="SiteName" content="示例政务网"/>
<meta name="SiteDomain" content="www.example.gov.cn"/>
<meta name="ColumnName" content="政府信息公开年报"/>
<meta name="ArticleTitle" content="{escape(filing.title)}"/>
<meta name="PubDate" content="{day} 09:30"/>
<meta name="ContentSource" content="{agency}"/>
<link rel="stylesheet" href="/assets/site.css"/>
<script>var siteId = 1; function toggle(id) {{ document.getElementById(id).hidden ^= 1; }}</script>
</head>
<body>
<div class="header"><ul class="nav">
<li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li><li><a href="/bsfw/">办事服务</a></li>
<li><a href="/hdjl/">互动交流</a></li><li><a href="/zwgk/zfxxgknb/">政府信息公开年报</a></li></ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 政府信息公开年报</div>
<table class="xxgk-head" width="100%"><tbody>
<tr><td>索 引 号：</td><td>{number}</td><td>发布机构：</td><td>{agency}</td></tr>
<tr><td>发布日期：</td><td>{day}</td><td>主题分类：</td><td>政务公开</td></tr>
<tr><td>名&nbsp;&nbsp;称：</td><td colspan="3">{escape(filing.title)}</td></tr>
</tbody></table>
<h1 class="article-title">{escape(filing.title)}</h1>
<div class="article-info">发布时间：{day} 09:30　来源：{agency}　
字号：[<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>]</div>
<!--ZJEG_RSS.content.begin-->
{BODY_OPEN[layout.family]}
{body}
<p style="text-align: right">{agency}</p>
<p style="text-align: right">{_chinese_date(filing)}</p>
{BODY_CLOSE[layout.family]}
<!--ZJEG_RSS.content.end-->
<div class="related"><h3>相关链接</h3><ul>
<li><a href="/zwgk/zfxxgknb/{filing.year}/">{filing.year}年度其他单位年报</a></li>
<li><a href="/zwgk/zfxxgkzd/">政府信息公开制度</a></li></ul></div>
<div class="footer">主办：示例政务网编辑部　备案号：示例ICP备00000000号　网站标识码：9900000000</div>
</body>
</html>
"""


def _chinese_date(filing: Filing) -> str:
    day = filing.published_on
    return f"{day.year}年{day.month}月{day.day}日"


def _block(block: Block, layout: HtmlLayout) -> str:
    if isinstance(block, Grid):
        return _table(block, layout)
    if isinstance(block, Heading):
        if layout.markup == "word":
            return f'<p class="MsoNormal"><b><span style="{WORD_SPAN}">{escape(block.text)}<o:p></o:p></span></b></p>'
        return f'<p style="text-indent: 2em"><strong>{escape(block.text)}</strong></p>'
    if isinstance(block, Paragraph):
        if layout.markup == "word":
            return (
                '<p class="MsoNormal" style="text-indent:32.0pt;line-height:28.0pt">'
                f'<span style="{WORD_SPAN}">{escape(block.text)}</span><span lang="EN-US"><o:p></o:p></span></p>'
            )
        return f'<p style="text-indent: 2em">{escape(block.text)}</p>'
    raise TypeError(f"no markup for {block!r}")


def _table(grid: Grid, layout: HtmlLayout) -> str:
    lines = []
    for boxes in grid.rows:
        lines.append("<tr>" + "".join(_cell(box, layout) for box in boxes) + "</tr>")
    attributes = {
        "plain": 'border="1" cellspacing="0" cellpadding="0" align="center"',
        "paragraphs": 'align="center" border="1" cellspacing="1"',
        "word": 'class="MsoNormalTable" border="0" cellspacing="0" cellpadding="0" '
        'style="border-collapse:collapse;mso-yfti-tbllook:1184"',
    }[layout.markup]
    return f"<table {attributes}><tbody>\n" + "\n".join(lines) + "\n</tbody></table>"


def _cell(box: Box, layout: HtmlLayout) -> str:
    rows = box.rows + (layout.oversized_rowspan and box.kind == "group" and box.vertical)
    spans = (f' rowspan="{rows}"' if rows > 1 else "") + (f' colspan="{box.columns}"' if box.columns > 1 else "")
    text = escape(box.text, quote=False)
    if layout.vertical_label and box.vertical:
        text = "<br/>".join(text)
    content = text or layout.empty
    if layout.markup == "word":
        align = "left" if box.kind in ("label", "group") else "center"
        content = (
            f'<p class="MsoNormal" align="{align}" style="text-align:{align};mso-pagination:widow-orphan">'
            f'<span lang="EN-US" style="{WORD_SPAN}">{content}<o:p></o:p></span></p>'
        )
        return f'<td{spans} style="{WORD_CELL}">{content}</td>'
    if layout.markup == "paragraphs":
        content = f'<p align="center">{content}</p>'
    tag = "th" if layout.head_cells and box.kind in ("head", "block") else "td"
    return f"<{tag}{spans}>{content}</{tag}>"
