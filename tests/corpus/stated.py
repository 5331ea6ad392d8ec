"""Further sentences of the synthetic prose, that state something beside figures or only seem to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Protocol

from extract.claims.model import Statement

TRAPS = (
    "承办人大代表建议、政协委员提案{b}件，均已按期答复，答复率100%。",
    "严格规范办理流程，确保每件申请均按时答复。",
    "政务新媒体阅读量同比增长12.5%，栏目更新率100%。",
    "行政事业性收费目录同步更新，未收取目录外费用。",
    "业务培训时间为{year}年3月1日至{year}年3月31日。",
    "全部答复文书均经法制机构审核，满意率98.5%。",
    "{last}年收到的申请均已办结。",
    "群众来信{b}件，其中网上{a}件。",
)
CONCLUDED = (
    "收到的政府信息公开申请均已按时办结。",
    "所有申请均在法定期限内予以答复。",
    "政府信息公开申请办结率达100%。",
    "对收到的信息公开申请全部依法依规答复。",
)
UPHELD = "因政府信息公开引起的{name}结果均为维持。"
FORMS = {"2019": "国办公开办函〔2019〕60号", "2021": "国办公开办函〔2021〕30号"}
CITATION = "本报告按照《中华人民共和国政府信息公开工作年度报告格式》（{document}）的要求编制。"
CHANNELS = "从申请渠道看，共收到政府信息公开申请{total}件，其中网络申请{net}件、信函申请{post}件、当面申请{visit}件。"
SHARES = (
    ("予以公开的占办结总数的{share}%。", "applications.concluded_total.total"),
    ("予以公开的申请占全部申请的{share}%。", None),
)
CHARGED = "发出收费通知{count}件，总金额{amount}元，实际收取信息处理费{amount}元。"


class Author(Protocol):
    """What these sentences need of the writer of the prose."""

    year: int
    form_code: str
    scope: str

    def fill(self, sentence: str) -> str: ...
    def applications(self, row: str) -> int: ...
    def legal(self, rows: tuple[str, ...], column: str) -> int: ...
    def state(self, sentence: str, *stated: Statement) -> str: ...


def of_period(writer: Author, sentence: str) -> str:
    """A sentence on the period covered; only its end where it says 截至."""
    first = None if "截至" in sentence else date(writer.year, 1, 1)
    if "统计" not in sentence and first:
        return sentence
    period = next(part for part in sentence.split("。") if "统计" in part or "截至" in part) + "。"
    return writer.state(
        sentence, Statement("period", period, writer.scope, first_day=first, last_day=date(writer.year, 12, 31))
    )


def citation(writer: Author, random: Random) -> str:
    """Two filings in five cite the document whose form they follow."""
    if random.random() > 0.4 or writer.form_code not in FORMS:
        return ""
    sentence = CITATION.format(document=FORMS[writer.form_code])
    return writer.state(sentence, Statement("form_cited", sentence, writer.scope, writer.form_code))


def on_request(writer: Author, random: Random) -> str:
    """Sentences on applications: channels, shares, that all was concluded, and traps."""
    text = ""
    new, done, granted = (writer.applications(row) for row in ("received_new", "concluded_total", "granted"))
    if new > 2 and random.random() < 0.4:
        post, visit = random.randint(1, new - 2), 1
        sentence = CHANNELS.format(total=new, net=new - post - visit, post=post, visit=visit)
        parts = tuple(Decimal(part) for part in (new - post - visit, post, visit))
        metric = "applications.received_new.total"
        text += writer.state(
            sentence, Statement("breakdown", sentence, writer.scope, metric, None, Decimal(new), parts)
        )
    if granted and random.random() < 0.4:
        pattern, base = random.choice(SHARES)
        share = round(Decimal(100 * granted) / done, 1)
        sentence = pattern.format(share=share)
        text += writer.state(sentence, Statement("percentage", sentence, writer.scope,
                                                 "applications.granted.total", base, share))  # fmt: skip
    if new and not writer.applications("carried_forward") and random.random() < 0.5:
        sentence = random.choice(CONCLUDED)
        text += writer.state(sentence, Statement("all_concluded", sentence, writer.scope))
    return text + writer.fill(random.choice(TRAPS)) if random.random() < 0.7 else text


def upheld(writer: Author, random: Random) -> str:
    """That all reviews, or all suits, were upheld, where they were."""
    text = ""
    suits = ("litigation_direct", "litigation_after_review")
    for rows, row, name in ((("review",), "review", "行政复议"), (suits, "litigation", "行政诉讼")):
        total = writer.legal(rows, "total")
        if total and total == writer.legal(rows, "upheld") and random.random() < 0.6:
            sentence = UPHELD.format(name=name)
            metric = f"review_litigation.{row}.total"
            text += writer.state(sentence, Statement("all_upheld", sentence, writer.scope, metric))
    return text


def fees(writer: Author, random: Random | None, usual: str) -> str:
    """The usual sentence that no fees were charged, or that some were."""
    if random is None or random.random() < 0.8:
        return writer.state(usual, Statement("no_fees", usual, writer.scope))
    amount = 10 * random.randint(4, 400)
    sentence = CHARGED.format(count=random.randint(1, 9), amount=amount)
    return writer.state(sentence, Statement("fees_charged", sentence, writer.scope, value=Decimal(amount) / 10000))
