"""Which samples are made: agencies, years, layouts and what is wrong in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests.corpus import mutations
from tests.corpus.agencies import AGENCIES
from tests.corpus.docx import DocxLayout
from tests.corpus.grid import GridStyle
from tests.corpus.html import HtmlLayout
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing, Number
from tests.corpus.pdf import PdfLayout
from tests.corpus.text import TextLayout

SEED = "samples-1"

Layout = HtmlLayout | PdfLayout | DocxLayout | TextLayout
Change = Callable[[Filing], Filing]


@dataclass(frozen=True)
class Sample:
    """One document to be made: whose, for which year, in which layout, and
    what is changed in it on purpose. ``slug`` is the agency's identifier
    without the prefix shili-."""

    slug: str
    year: int
    layout: Layout
    changes: tuple[Change, ...] = ()
    form_code: str | None = None
    scope: str | None = None
    published_on: date | None = None
    prose_seed: str | None = None
    title: str | None = None

    @property
    def agency_id(self) -> str:
        """The agency's identifier in the register."""
        return f"shili-{self.slug}"


def off(row: str, column: str, by: Number, table: str = "applications") -> Change:
    """The figure of a cell is wrong by ``by``."""

    def change(filing: Filing) -> Filing:
        before = filing.cells[table, row, column].number
        if before is None:
            raise ValueError(f"no figure to falsify in {table} {row} {column}")
        return mutations.figure(filing, (table, row, column), before + by)

    return change


def put(row: str, column: str, value: Number, table: str = "applications") -> Change:
    """A cell holds ``value``, which must not be what belongs there."""

    def change(filing: Filing) -> Filing:
        if filing.cells[table, row, column].number == value:
            raise ValueError(f"{value} is right in {table} {row} {column} of {filing.title}")
        return mutations.figure(filing, (table, row, column), value)

    return change


def swap(row: str, one: str, other: str) -> Change:
    """The figures of two applicant columns are exchanged in one row."""

    def change(filing: Filing) -> Filing:
        first, second = ("applications", row, one), ("applications", row, other)
        if filing.cells[first] == filing.cells[second]:
            raise ValueError(f"nothing to exchange in {row} of {filing.title}")
        return filing.with_cells({first: filing.cells[second], second: filing.cells[first]}, "swapped_columns")

    return change


def note(row: str, column: str, text: str) -> Change:
    """A remark stands behind a figure of 表二."""
    return lambda filing: mutations.note(filing, ("proactive", row, column), text)


def dashes(mark: str, *cells: tuple[str, str, str]) -> Change:
    """The cells hold ``mark``."""
    return lambda filing: mutations.dash(filing, cells, mark)


def typo(table: str, row: str) -> Change:
    """The label of a row is misspelt."""
    return lambda filing: mutations.label_typo(filing, table, row)


def split(row: str) -> Change:
    """A blank splits the label of a row of 表三."""
    return lambda filing: mutations.label_split(filing, "applications", row)


def dropped(row: str) -> Change:
    """The label of a row of 表三 is not printed."""
    return lambda filing: mutations.label_dropped(filing, "applications", row)


def absent(table: str, instead: str) -> Change:
    """A table is not printed."""
    return lambda filing: mutations.without_table(filing, table, instead)


def unreadable(table: str, row: str, column: str, text: str) -> Change:
    """A cell holds something that is no number."""
    return lambda filing: mutations.unreadable(filing, (table, row, column), text)


def prose_off(metric: str, by: int) -> Change:
    """The prose states a figure that is wrong by ``by``."""
    return lambda filing: mutations.prose_figure(filing, metric, by)


def totals_blank(*rows: str) -> Change:
    """The totals of some rows of 表三 are left empty."""
    return lambda filing: mutations.blank(filing, [("applications", row, "total") for row in rows])


def whole_zero_table(filing: Filing) -> Filing:
    """表四 holds a slash everywhere."""
    return mutations.dash(filing, [key for key in filing.listed() if key[0] == "review_litigation"], "/")


WORD = HtmlLayout(markup="word")
HANWEB = HtmlLayout(family="hanweb", markup="paragraphs")
BODA = HtmlLayout(family="boda", empty="")
LONSUN = HtmlLayout(family="lonsun", markup="paragraphs", empty="<br/>")
HALF = LabelStyle(item_number=". ", half_brackets=True, spaced=True)
EXPORT = LabelStyle(item_number=". ", half_brackets=True)
LONG = LabelStyle(headings="long")

SAMPLES: tuple[Sample, ...] = (
    # 示例部
    Sample("bu", 2021, HtmlLayout(), (off("received_carried_over", "natural_person", 5),)),
    Sample("bu", 2022, HANWEB, (note("normative_documents", "issued", "（其中修订4件）"),)),
    Sample("bu", 2023, PdfLayout(rules="frames"), (swap("granted", "commercial_enterprise", "natural_person"),)),
    Sample("bu", 2024, PdfLayout(page_number="outside", cut_rows=True), (mutations.thousands_comma,)),
    # 示例省
    Sample("sheng", 2019, HtmlLayout(family="hanweb", labels=LONG), (mutations.amount_in_yuan, mutations.chinese_sign)),
    Sample("sheng", 2020, HANWEB),
    Sample("sheng", 2021, HtmlLayout(family="hanweb", head_cells=True), (off("received_new", "total", 10),)),
    Sample("sheng", 2022, PdfLayout(shaded=True), (mutations.thousands_comma,)),
    Sample(
        "sheng",
        2023,
        PdfLayout(shaded=True, open_bottom=True),
        (mutations.thousands_comma, off("unavailable.not_held", "natural_person", -100)),
    ),
    Sample("sheng", 2024, HtmlLayout(family="hanweb", markup="word")),
    # 示例市
    Sample(
        "shi",
        2019,
        HtmlLayout(encoding="gbk", labels=LONG),
        (note("normative_documents", "newly_made", "（其中修订9件）"),),
    ),
    Sample("shi", 2020, HtmlLayout(vertical_label=True)),
    Sample("shi", 2021, PdfLayout(top=104, roomy=6), (prose_off("applications.received_new.total", 6),)),
    Sample("shi", 2022, PdfLayout(top=104, cut_rows=True, group_label="cut"), (off("granted", "natural_person", -3),)),
    Sample(
        "shi",
        2023,
        HtmlLayout(),
        (
            off("received_carried_over", "natural_person", -2),
            off("received_carried_over", "total", -2),
            off("received_new", "natural_person", 2),
            off("received_new", "total", 2),
        ),
    ),
    Sample("shi", 2024, PdfLayout(white_fills=True, rules="rectangles")),
    # 示例市公安局
    Sample("shi-gongan", 2020, HtmlLayout(encoding="gbk", markup="paragraphs"), (mutations.chinese_sign,)),
    Sample("shi-gongan", 2021, DocxLayout(), published_on=date(2022, 2, 18)),
    Sample("shi-gongan", 2022, WORD, (off("concluded_total", "natural_person", 1),)),
    Sample("shi-gongan", 2023, PdfLayout(open_bottom=True, rules="rectangles", shaded=True), (mutations.merge_other,)),
    Sample("shi-gongan", 2024, TextLayout(labels_as="full", breaks=(25,), cut="label", spaced_year=True, labels=HALF)),
    # 示例市生态环境局
    Sample(
        "shi-shengtai", 2021, LONSUN, (typo("applications", "refused.prohibited_by_law"), typo("proactive", "fees"))
    ),
    Sample(
        "shi-shengtai", 2022, LONSUN, (off("carried_forward", "natural_person", 1), off("carried_forward", "total", 1))
    ),
    Sample(
        "shi-shengtai",
        2023,
        TextLayout(labels_as="padded", breaks=(9, 20), page_numbers=True, labels=EXPORT),
        (split("not_processed.confirm_or_reissue"),),
    ),
    Sample("shi-shengtai", 2024, PdfLayout(roomy=9, page_number="none")),
    # 示例区
    Sample("qu", 2021, PdfLayout(labels=LabelStyle(item_number="．"))),
    Sample(
        "qu", 2022, PdfLayout(rules="rectangles", group_label="cut"), (put("review", "total", 0, "review_litigation"),)
    ),
    Sample("qu", 2023, BODA, (mutations.merge_other, typo("applications", "refused.prohibited_by_law"))),
    Sample("qu", 2024, HtmlLayout(family="boda", grid=GridStyle(nested_total=True))),
    Sample("qu-bangongshi", 2022, BODA, (off("concluded_total", "total", 2), off("partly_granted", "total", 1))),
    Sample("qu-bangongshi", 2023, BODA, scope="represented"),
    Sample("qu-bangongshi", 2024, DocxLayout(split_runs=True)),
    Sample("jiedao", 2022, DocxLayout(vertical_text=False), (mutations.blank_zeros,)),
    Sample(
        "jiedao",
        2023,
        HtmlLayout(markup="paragraphs"),
        (absent("review_litigation", "本年度街道未发生因政府信息公开引起的行政复议和行政诉讼。"),),
    ),
    Sample("jiedao", 2024, PdfLayout(cell_size=10, cut_rows=True), (off("unavailable.not_held", "total", 2),)),
    # 示例县
    Sample("xian", 2019, DocxLayout(labels=LONG)),
    Sample("xian", 2020, HtmlLayout(grid=GridStyle(separate_blocks=True)), (mutations.chinese_sign,)),
    Sample("xian", 2021, HtmlLayout(markup="word", encoding="gbk"), (off("review", "total", 1, "review_litigation"),)),
    Sample("xian", 2022, DocxLayout(split_runs=True, grid=GridStyle(separate_blocks=True))),
    Sample("xian", 2023, PdfLayout(rules="lines", open_bottom=True), (mutations.merge_other,)),
    Sample("xian", 2024, PdfLayout(labels=LabelStyle(quotes=("", ""))), (off("received_new", "natural_person", 9),)),
    # 示例县商务和粮食局, from 2022 示例县商务局
    Sample(
        "xian-shangwu-liangshi",
        2019,
        BODA,
        (
            dashes(
                "/",
                ("proactive", "regulations", "newly_made"),
                ("proactive", "regulations", "newly_disclosed"),
                ("proactive", "regulations", "total_disclosed"),
            ),
        ),
    ),
    Sample(
        "xian-shangwu-liangshi",
        2020,
        DocxLayout(),
        (off("received_new", "natural_person", 1), off("received_new", "total", 1)),
    ),
    Sample("xian-shangwu-liangshi", 2021, BODA),
    Sample("xian-shangwu", 2022, DocxLayout()),
    Sample(
        "xian-shangwu",
        2023,
        TextLayout(
            labels_as="padded",
            breaks=(21,),
            break_in_proactive=7,
            review="shifted",
            marks=True,
            title_in_two=True,
            labels=HALF,
        ),
    ),
    Sample(
        "xian-shangwu",
        2024,
        TextLayout(
            labels_as="padded",
            breaks=(22,),
            break_in_proactive=8,
            marks=True,
            title_in_two=True,
            spaced_year=True,
            labels=EXPORT,
        ),
    ),
    # 示例县教育局; for 2021 it used the form of 2019
    Sample(
        "xian-jiaoyu",
        2020,
        TextLayout(labels_as="full", breaks=(14,), labels=LONG),
        (unreadable("proactive", "procurement", "amount", "见附件"),),
    ),
    Sample("xian-jiaoyu", 2021, HtmlLayout(family="boda", markup="paragraphs"), form_code="2019"),
    Sample("xian-jiaoyu", 2022, BODA, (put("granted", "other_organisation", -1),)),
    Sample("xian-jiaoyu", 2023, DocxLayout(), (dropped("other.other"), prose_off("applications.unavailable.total", 1))),
    Sample(
        "xian-jiaoyu",
        2024,
        TextLayout(labels_as="pieces", breaks=(6, 23), cut="group", cut_paragraph=True, title_in_two=True, labels=HALF),
    ),
    # 示例县示例镇
    Sample("zhen", 2019, HtmlLayout(family="boda", encoding="gbk")),
    Sample("zhen", 2020, HtmlLayout(family="boda", empty="&nbsp;"), (mutations.blank_zeros,)),
    Sample("zhen", 2021, BODA, (put("received_new", "total", 1),)),
    Sample(
        "zhen",
        2022,
        PdfLayout(size=16),
        (
            dashes(
                "—",
                ("proactive", "regulations", "issued"),
                ("proactive", "regulations", "repealed"),
                ("proactive", "regulations", "in_force"),
            ),
            whole_zero_table,
        ),
    ),
    Sample("zhen", 2023, TextLayout(labels_as="full", breaks=(), marks=True), prose_seed="zhen-copied"),
    Sample("zhen", 2024, BODA, prose_seed="zhen-copied"),
    # 示例经济开发区
    Sample(
        "kaifaqu", 2022, PdfLayout(cut_rows=True, roomy=2), (off("litigation_direct", "total", 1, "review_litigation"),)
    ),
    Sample("kaifaqu", 2023, HtmlLayout(empty=""), (mutations.extra_column,)),
    Sample(
        "kaifaqu",
        2024,
        TextLayout(
            labels_as="pieces",
            breaks=(6, 25),
            cut="group",
            review="shifted",
            cut_paragraph=True,
            title_in_two=True,
            labels=HALF,
        ),
    ),
    # organs under their ministries
    Sample("shuiwu", 2021, HANWEB),
    Sample("shuiwu", 2022, HANWEB, (put("penalties", "decisions", 2675.5, "proactive"),)),
    Sample(
        "shuiwu",
        2024,
        HtmlLayout(family="hanweb", oversized_rowspan=True),
        (totals_blank("granted", "refused.state_secret", "carried_forward"),),
    ),
    Sample("diaochadui", 2023, HtmlLayout(markup="paragraphs"), (put("concluded_total", "natural_person", 7),)),
    Sample("diaochadui", 2024, DocxLayout(vertical_text=False), (mutations.blank_zeros,)),
)

_unknown = {sample.agency_id for sample in SAMPLES} - set(AGENCIES)
if _unknown:
    raise ValueError(f"samples of agencies that are not listed: {sorted(_unknown)}")
