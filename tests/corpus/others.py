"""Documents that are no filings, in many kinds, and filings that look poor:
``python -m tests.corpus.others --count 5 --seed S --out DIR``.

What an archive of agencies' pages holds beside reports: other reports, plans,
guides, news, lists, pages of errors, pages whose report is a file or a
picture, copies that are spoilt. Each must be refused, with its code and a
word that says which kind it was. ``poor`` makes filings without tables, which
must not be refused. The same seed gives the same documents.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("others.yaml").read_text("utf-8"))


@dataclass(frozen=True)
class Other:
    """A document that is no filing: its file name, content, the error code
    that it must get and a word that the message must have."""

    kind: str
    name: str
    data: bytes
    code: str = "not_a_filing"
    word: str = ""


@dataclass(frozen=True)
class Poor:
    """A filing that has lost something: its file name, content, agency, year."""

    kind: str
    name: str
    data: bytes
    agency: str
    year: int


@dataclass(frozen=True)
class Site:
    """The agency and year of a document."""

    agency: str
    year: int

    @property
    def title(self) -> str:
        """The title of its report."""
        return f"{self.agency}{self.year}年政府信息公开工作年度报告"


def page(title: str, paragraphs: list[str], random: Random, *, furniture: bool = True, head: str = "") -> bytes:
    """An HTML page of paragraphs, with a site's furniture around them by chance."""
    body = "\n".join(line if line.startswith("<") else f"<p>{line}</p>" for line in paragraphs)
    if not furniture or random.random() < 0.3:
        return f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>\n{body}</body></html>".encode()
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}-示例政务网</title>{head}
<meta name="SiteName" content="示例政务网"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="2024-01-20 09:00"></head><body>
<div><img src="/images/logo.png"><ul><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li>
<li><a href="/zfxxgknb/">政府信息公开年报</a></li><li><a href="/zfxxgkzn/">政府信息公开指南</a></li></ul></div>
<div>当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a></div><h1>{title}</h1>
<div>发布时间：2024-01-20 来源：示例政务网 字号：[大 中 小]</div>
{body}
<div>主办：示例政务网编辑部 网站标识码：9900000000 <img src="/images/gov_red.png"></div></body></html>""".encode()


Maker = Callable[[Site, Random], Other]


def _plain(kind: str, titles: list[str], lines: list[str], word: str) -> Maker:
    """Pages of a kind: one of its titles over most of its lines."""

    def make(site: Site, random: Random) -> Other:
        title = random.choice(titles).format(agency=site.agency, year=site.year, next=site.year + 1)
        kept = [line.format(agency=site.agency, year=site.year, next=site.year + 1, n=random.randint(2, 99))
                for line in lines if random.random() < 0.85]  # fmt: skip
        if random.random() < 0.3:
            text = "\n".join([title, *(line for line in kept if not line.startswith("<"))])
            return Other(kind, f"{kind}.txt", text.encode(), word=word)
        return Other(kind, f"{kind}.html", page(title, kept, random), word=word)

    return make


def _attachment(site: Site, random: Random) -> Other:
    kind = random.choice(("pdf", "docx", "doc", "xls", "ofd", "zip", "wps"))
    shown = random.choice((f"{site.title}.{kind}", f"附件：{site.title}.{kind}", "点击下载"))
    link = random.choice(
        (f"./P020240120{random.randint(100, 999)}.{kind}", f"/module/download/down.jsp?f={kind}.{kind}")
    )
    lines = [f'<p><a href="{link}">{shown}</a></p>']
    if random.random() < 0.5:
        lines.insert(0, f"现将{site.title}予以公布，欢迎查阅。")
    return Other("attachment", "attachment.html", page(site.title, lines, random), word="附件")


def _pictures(site: Site, random: Random) -> Other:
    count = random.randint(1, 6)
    images = [f'<p><img src="./W020240120{at}.{random.choice(("jpg", "png"))}" alt=""></p>' for at in range(count)]
    return Other("pictures", "pictures.html", page(site.title, images, random), word="图片")


def _list(site: Site, random: Random) -> Other:
    names = random.sample(WORDS["bureaus"], random.randint(6, len(WORDS["bureaus"])))
    by_year = random.random() < 0.4
    items = [
        f'<li><a href="t2024_{at}.html">{site.agency if by_year else name}'
        f"{site.year - at if by_year else site.year}年政府信息公开工作年度报告</a> {site.year + 1}-01-2{at % 9}</li>"
        for at, name in enumerate(names)
    ]
    return Other("list", "list.html", page("政府信息公开年报", ["<ul>", *items, "</ul>"], random), word="列表")


def _error(site: Site, random: Random) -> Other:
    shown = random.choice(WORDS["errors"])
    return Other("error", "error.html", page(shown["title"], shown["lines"], random, furniture=False), word="页面")


def _challenge(site: Site, random: Random) -> Other:
    body = random.choice(WORDS["challenges"])
    return Other("challenge", "challenge.html", body.encode(), word="页面")


def _nothing(site: Site, random: Random) -> Other:
    body = random.choice(
        ("<html><head><meta charset=utf-8></head><body></body></html>", "<html><body>\n<br></body></html>")
    )
    return Other("nothing", "nothing.html", body.encode(), code="empty", word="没有内容")


def _mirror(site: Site, random: Random) -> Other:
    """A report whose words were replaced or filled up with letters throughout."""
    lines = prose(site, random)
    if random.random() < 0.5:
        swap = random.choice(("365体育官网", "威尼斯人娱乐城", "bet365备用网址", "开云体育"))
        lines = [line.replace("依申请公开", swap).replace("政府信息", f"{swap}信息") for line in lines]
        lines.append(f"{swap}手机版下载" * 3)
    else:
        lines = ["".join(word + (random.choice(("xin", "gong", "kai", "shen", "zheng", "fu")) if at % 6 == 5 else "")
                         for at, word in enumerate(line)) for line in lines]  # fmt: skip
    return Other("mirror", "mirror.html", page(site.title, lines, random), word="副本")


def _template(site: Site, random: Random) -> Other:
    cells = "".join(f"<tr><td>{label}</td>{'<td></td>' * 7}</tr>" for label in WORDS["rows"])
    title = random.choice((
        "中华人民共和国政府信息公开工作年度报告格式",
        "关于印发《中华人民共和国政府信息公开工作年度报告格式》的通知",
        f"{site.year}年政府信息公开工作年度报告模板",
    ))  # fmt: skip
    lines = [*WORDS["headings"][:3], f"<table>{cells}</table>", *WORDS["headings"][3:]]
    return Other("template", "template.html", page(title, lines, random), word="格式")


MAKERS: dict[str, Maker] = {
    **{kind: _plain(kind, made["titles"], made["lines"], made["word"]) for kind, made in WORDS["pages"].items()},
    "attachment": _attachment, "pictures": _pictures, "list": _list, "error": _error, "challenge": _challenge,
    "nothing": _nothing, "mirror": _mirror, "template": _template,
}  # fmt: skip


def prose(site: Site, random: Random) -> list[str]:
    """A report without tables, as short agencies and early years write it."""
    n = random.randint(0, 9)
    figures = f"全年共收到政府信息公开申请{n}件，已办结{n}件" if n else "全年没有收到政府信息公开申请"
    parts = [
        (
            "总体情况",
            f"{site.agency}认真贯彻《中华人民共和国政府信息公开条例》，现公布{site.year}年政府信息公开工作情况。",
        ),
        (
            "主动公开政府信息情况",
            f"全年主动公开政府信息{random.randint(20, 900)}条，内容涉及机构职能、政策文件和办事指南。",
        ),
        ("依申请公开政府信息情况", f"{figures}。"),
        ("行政复议和行政诉讼情况", "没有因政府信息公开被申请行政复议或者提起行政诉讼。"),
        ("存在的主要问题及改进情况", "公开的内容还不够丰富，形式还比较单一；下一步将加强培训，充实力量。"),
        ("其他需要报告的事项", "没有其他需要报告的事项，没有收取信息处理费。"),
    ]
    lines = []
    for at, (heading, text) in enumerate(parts):
        lines += [f"{'一二三四五六'[at]}、{heading}", text]
    return lines


def _headed(site: Site, random: Random) -> Poor:
    return Poor("headed", "headed.html", page(site.title, prose(site, random), random), site.agency, site.year)


def _unheaded(site: Site, random: Random) -> Poor:
    lines = [line for line in prose(site, random) if "、" not in line[:3]]
    data = "\n".join([site.title, "".join(lines)]).encode()
    return Poor("unheaded", "unheaded.txt", data, site.agency, site.year)


def _with_file(site: Site, random: Random) -> Poor:
    lines = [*prose(site, random), f'<p><a href="x.docx">附件：{site.title}.docx</a></p>', '<p><img src="W1.jpg"></p>']
    return Poor("with_file", "with_file.html", page(site.title, lines, random), site.agency, site.year)


def _untitled(site: Site, random: Random) -> Poor:
    period = f"本报告由{site.agency}编制，统计期限自{site.year}年1月1日起至{site.year}年12月31日止。"
    data = "\n".join([period, *prose(site, random)]).encode()
    return Poor("untitled", "untitled.txt", data, site.agency, site.year)


def _announced(site: Site, random: Random) -> Poor:
    title = f"关于公布{site.title}的公告"
    return Poor("announced", "announced.html", page(title, prose(site, random), random), site.agency, site.year)


def _issued(site: Site, random: Random) -> Poor:
    title = f"示例县人民政府办公室关于印发{site.title}的通知"
    return Poor("issued", "issued.html", page(title, prose(site, random), random), site.agency, site.year)


POOR = {
    "headed": _headed,
    "unheaded": _unheaded,
    "with_file": _with_file,
    "untitled": _untitled,
    "announced": _announced,
    "issued": _issued,
}


def _sites(count: int, seed: str, kind: str) -> Iterator[tuple[Site, Random]]:
    for index in range(count):
        random = Random(f"{seed}:{kind}:{index}")
        yield Site(random.choice(WORDS["bureaus"]), random.randint(2010, 2025)), random


def others(count: int, seed: str) -> Iterator[Other]:
    """``count`` documents of every kind that is no filing."""
    for kind, make in MAKERS.items():
        for site, random in _sites(count, seed, kind):
            yield make(site, random)


def poor(count: int, seed: str) -> Iterator[Poor]:
    """``count`` filings of every kind that has no tables."""
    for kind, make in POOR.items():
        for site, random in _sites(count, seed, kind):
            yield make(site, random)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5, help="documents of each kind")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    for at, made in enumerate(others(options.count, options.seed)):
        file = options.out / made.kind / f"{at:04d}-{made.name}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made.data)


if __name__ == "__main__":
    main()
