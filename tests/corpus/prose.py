"""The prose of a filing: six sections put together from stock sentences.

The figures stated agree with the figures given; every stated figure that a
table holds as well is recorded as a claim. Which sentences are taken depends
on the seed, so that agencies and years differ; the same seed with other
figures gives the copied prose that some agencies file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from extract.claims.model import Statement
from tests.corpus import phrases, stated
from tests.corpus.agencies import Profile
from tests.corpus.figures import OUTCOME_WEIGHTS, Figures
from tests.corpus.model import Agency, Claim, Number, Prose

GROUP_WORDS = {
    "granted": ("予以公开", "同意公开"),
    "partly_granted": ("部分公开",),
    "refused": ("不予公开",),
    "unavailable": ("无法提供", "因本机关不掌握等原因无法提供"),
    "not_processed": ("不予处理",),
    "other": ("其他处理", "作其他处理"),
}
RESULT_WORDS = {"upheld": "结果维持", "corrected": "结果纠正", "other": "其他结果", "pending": "尚未审结"}


@dataclass
class Writer:
    """Collects the claims while sentences are written."""

    random: Random
    agency: Agency
    profile: Profile
    year: int
    form_code: str
    scope: str
    figures: Figures
    claims: list[Claim] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    more: Random | None = None  # decides on sentences that state something beside figures; None for none

    def fill(self, sentence: str) -> str:
        """Fills names, year and small numbers into a stock sentence."""
        return sentence.format(
            year=self.year,
            last=self.year - 1,
            next=self.year + 1,
            we=self.profile.we,
            name=self.agency.name,
            a=self.random.randint(2, 9),
            b=self.random.randint(11, 60),
            c=self.random.randint(120, 980),
        )

    def some(self, pool: tuple[str, ...], least: int, most: int) -> str:
        """Between ``least`` and ``most`` sentences of a pool, in its order."""
        count = min(len(pool), self.random.randint(least, most))
        taken = sorted(self.random.sample(range(len(pool)), count))
        return "".join(self.fill(pool[index]) for index in taken)

    def claim(self, sentence: str, stated: dict[str, Number]) -> str:
        """Records the figures that a sentence states and returns it."""
        self.claims += [Claim(metric, value, sentence, self.scope) for metric, value in stated.items()]
        return sentence

    def state(self, sentence: str, *stated: Statement) -> str:
        """Records what a sentence states beside figures and returns it."""
        self.statements += stated
        return sentence

    def listed(self, sentence: str, metric: str, total: int, parts: Sequence[int]) -> None:
        """Records that a sentence takes a sum apart."""
        if len(parts) > 1:
            whole, pieces = Decimal(total), tuple(Decimal(part) for part in parts)
            self.state(sentence, Statement("breakdown", sentence, self.scope, metric, None, whole, pieces))

    def applications(self, row: str) -> int:
        """A figure of the column 总计 of 表三, or the sum of a group of rows."""
        rows = [row] if row in ("granted", "partly_granted") or row not in GROUP_WORDS else [
            code for code in OUTCOME_WEIGHTS if code.startswith(f"{row}.")
        ]  # fmt: skip
        return int(sum(self.figures["applications", code, "total"] for code in rows))

    def legal(self, rows: tuple[str, ...], column: str) -> int:
        """A figure of 表四, summed over ``rows``."""
        return int(sum(self.figures["review_litigation", row, column] for row in rows))


def write(
    agency: Agency,
    profile: Profile,
    year: int,
    form_code: str,
    scope: str,
    figures: Figures,
    seed: str,
    more: bool = False,
) -> Prose:
    """The prose of one filing. ``figures`` are those of both editions; with
    ``more`` it has further sentences that state something beside figures, or seem to."""
    writer = Writer(Random(f"prose:{seed}"), agency, profile, year, form_code, scope, figures)
    writer.more = Random(f"stated:{seed}") if more else None
    sections = {
        "一": _overview(writer),
        "五": _problems(writer),
        "六": _other_matters(writer),
    }
    return Prose(_introduction(writer), sections, tuple(writer.claims), tuple(writer.statements))


def _introduction(writer: Writer) -> str:
    law = writer.fill(writer.random.choice(phrases.INTRODUCTIONS))
    law += stated.citation(writer, writer.more) if writer.more else ""
    if writer.scope == "represented":
        return law + "本报告由示例区人民政府办公室代表示例区人民政府编制。"
    return law + stated.of_period(writer, writer.fill(writer.random.choice(phrases.CONTACTS)))


def _overview(writer: Writer) -> tuple[str, ...]:
    style = writer.random.choice(phrases.SUBHEADINGS)
    bodies = (
        writer.some(phrases.PROACTIVE, 2, 3)
        + _documents(writer)
        + writer.some(phrases.FIELDS[writer.profile.field], 1, 2),
        writer.some(phrases.ON_REQUEST, 1, 2) + _applications(writer) + _legal(writer) + _stated(writer),
        writer.some(phrases.MANAGEMENT, 2, 4),
        writer.some(phrases.PLATFORM, 2, 4),
        writer.some(phrases.SUPERVISION, 2, 4),
    )
    opening = writer.some(phrases.OPENINGS, 1, 1)
    named = zip(phrases.OVERVIEW_TOPICS, bodies, strict=True)
    return (opening, *(style.format(number="一二三四五"[i], digit=i + 1, topic=topic) + body
                       for i, (topic, body) in enumerate(named)))  # fmt: skip


def _documents(writer: Writer) -> str:
    issued = writer.figures["proactive", "normative_documents", "issued"]
    in_force = writer.figures["proactive", "normative_documents", "in_force"]
    if writer.form_code != "2021" or not writer.profile.documents or writer.random.random() < 0.4:
        return ""
    figures: dict[str, Number] = {
        "proactive.normative_documents.issued": issued,
        "proactive.normative_documents.in_force": in_force,
    }
    return writer.claim(f"全年制发行政规范性文件{issued}件，现行有效行政规范性文件{in_force}件。", figures)


def _applications(writer: Writer) -> str:
    new, carried = writer.applications("received_new"), writer.applications("received_carried_over")
    forward, done = writer.applications("carried_forward"), writer.applications("concluded_total")
    figures: dict[str, Number] = {"applications.received_new.total": new}
    whole = writer.profile.whole or writer.profile.we
    if new + carried == 0:
        return writer.claim(writer.fill(writer.random.choice(phrases.NO_APPLICATIONS)), figures)
    opening = writer.random.choice(phrases.RECEIVED)
    text = opening.format(year=writer.year, whole=whole, new=new)
    if carried and writer.random.random() < 0.35:
        text = f"{writer.year}年，{whole}共办理政府信息公开申请{new + carried}件，其中新收{new}件、上年结转{carried}件"
        figures["applications.handled.total"] = new + carried
        figures["applications.received_carried_over.total"] = carried
    elif carried:
        text += writer.random.choice((f"，上年结转{carried}件", f"，另有上年度结转{carried}件"))
        figures["applications.received_carried_over.total"] = carried
    text += f"；{writer.random.choice(('办结', '已答复'))}{done}件"
    figures["applications.concluded_total.total"] = done
    parts = []
    for row, words in GROUP_WORDS.items():
        count = writer.applications(row)
        if count:
            parts.append(f"{writer.random.choice(words)}{count}件")
            figures[f"applications.{row}.total"] = count
    if parts:
        text += "，其中" + writer.random.choice("、，").join(parts)
    listed = [count for row in GROUP_WORDS if (count := writer.applications(row))]
    if forward:
        text += writer.random.choice((f"；结转下年度继续办理{forward}件", f"；转下年度办理{forward}件"))
        figures["applications.carried_forward.total"] = forward
    if "applications.handled.total" in figures:
        writer.listed(text + "。", "applications.handled.total", new + carried, (new, carried))
    writer.listed(text + "。", "applications.concluded_total.total", done, listed)
    return writer.claim(text + "。", figures)


def _stated(writer: Writer) -> str:
    """What filings add to the figures: shares, channels, that all was concluded or upheld."""
    return stated.on_request(writer, writer.more) + stated.upheld(writer, writer.more) if writer.more else ""


def _legal(writer: Writer) -> str:
    review, litigation = ("review",), ("litigation_direct", "litigation_after_review")
    reviews, suits = writer.legal(review, "total"), writer.legal(litigation, "total")
    if reviews + suits == 0:
        sentence = writer.fill(writer.random.choice(phrases.NO_REVIEWS))
        return writer.claim(sentence, {"review_litigation.review.total": 0, "review_litigation.litigation.total": 0})
    text = ""
    for rows, name, words in ((review, "review", "被申请行政复议"), (litigation, "litigation", "被提起行政诉讼")):
        total = writer.legal(rows, "total")
        if not total:
            continue
        figures: dict[str, Number] = {f"review_litigation.{name}.total": total}
        results = {column: writer.legal(rows, column) for column in RESULT_WORDS}
        parts = [f"{RESULT_WORDS[column]}{count}件" for column, count in results.items() if count]
        figures.update({f"review_litigation.{name}.{column}": count for column, count in results.items() if count})
        sentence = f"全年因政府信息公开{words}{total}件，其中{'、'.join(parts)}。"
        counts = [count for count in results.values() if count]
        writer.listed(sentence, f"review_litigation.{name}.total", total, counts)
        text += writer.claim(sentence, figures)
    return text


def _problems(writer: Writer) -> tuple[str, ...]:
    problems = writer.random.sample(phrases.PROBLEMS, writer.random.randint(2, 3))
    remedies = writer.random.sample(phrases.REMEDIES, writer.random.randint(2, 4))
    count = ("一是", "二是", "三是", "四是")
    first = writer.random.choice(phrases.PROBLEM_OPENINGS) + "".join(
        number + text for number, text in zip(count, problems, strict=False)
    )
    second = writer.random.choice(phrases.REMEDY_OPENINGS) + "".join(
        number + text for number, text in zip(count, remedies, strict=False)
    )
    return tuple(writer.fill(text) for text in (first, second))


def _other_matters(writer: Writer) -> tuple[str, ...]:
    if writer.form_code == "2019":
        return (writer.random.choice(("无。", "本年度没有其他需要报告的事项。", "无其他需要报告的事项。")),)
    usual = writer.fill(writer.random.choice(phrases.FEES))
    paragraphs = [stated.fees(writer, writer.more, usual)]
    if writer.random.random() < 0.7:
        paragraphs.append(writer.some(phrases.OTHER_MATTERS, 1, 3))
    return tuple(paragraphs)
