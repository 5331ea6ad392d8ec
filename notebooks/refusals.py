"""一项小研究：多少申请不予公开，以什么理由，对谁。 A small study: how much is refused, on which grounds, and to whom.

marimo edit notebooks/refusals.py
OGI_WAREHOUSE=/path/warehouse-<build>.duckdb python notebooks/refusals.py
"""

import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    # The link is resolved: DuckDB takes one path opened twice for one database.
    path = Path(os.environ.get("OGI_WAREHOUSE", "var/samples/warehouse/warehouse.duckdb")).resolve()
    con = duckdb.connect(str(path), read_only=True)
    return alt, con, mo, path


@app.cell
def _(mo, path):
    mo.md(
        f"""
        # 不予公开 Refusals

        数据：`{path.name}`。空白不是零：缺数的报告不进比率，份数写在旁边。
        A blank is not zero: filings that lack a figure are in no rate, and how many were used is said beside it.
        """
    )
    return


@app.cell
def _(con):
    # Whole-area filings of one level at a time: levels contain each other.
    rates = con.sql("""
        SELECT report_year, level::VARCHAR AS level, sum(filings_used)::INT AS used, sum(filings)::INT AS filings,
               sum(refusal_rate * concluded) / sum(concluded) FILTER (refusal_rate IS NOT NULL) AS refusal_rate,
               sum(disclosure_rate * concluded) / sum(concluded) FILTER (disclosure_rate IS NOT NULL) AS disclosure_rate
        FROM v_disclosure_rates_by_province
        WHERE scope = 'area'
        GROUP BY ALL HAVING refusal_rate IS NOT NULL
        ORDER BY ALL""").df()
    return (rates,)


@app.cell
def _(alt, mo, rates):
    rate_chart = (
        alt.Chart(rates, title="不予公开率（全地区报告） Refusal rate, whole-area filings")
        .mark_line(point=True)
        .encode(
            x=alt.X("report_year:O", title="年度 year"),
            y=alt.Y("refusal_rate:Q", title="不予公开÷办结 refused / concluded", axis=alt.Axis(format="%")),
            color=alt.Color("level:N", title="层级 level"),
            tooltip=["report_year", "level", "used", "filings", alt.Tooltip("refusal_rate", format=".1%")],
        )
    )
    mo.ui.altair_chart(rate_chart)
    return (rate_chart,)


@app.cell
def _(con):
    grounds = con.sql("""
        SELECT report_year, item_label_zh AS ground, sum(applications)::INT AS applications,
               sum(filings_without_number)::INT AS filings_without_number
        FROM v_refusal_grounds
        WHERE scope = 'own'
        GROUP BY ALL HAVING applications > 0
        ORDER BY ALL""").df()
    return (grounds,)


@app.cell
def _(alt, grounds, mo):
    ground_chart = (
        alt.Chart(grounds, title="不予公开的理由（本机关报告） Grounds of refusal, agencies' own filings")
        .mark_bar()
        .encode(
            x=alt.X("report_year:O", title="年度 year"),
            y=alt.Y("applications:Q", stack="normalize", title="占比 share"),
            color=alt.Color("ground:N", title="理由 ground"),
            tooltip=["report_year", "ground", "applications", "filings_without_number"],
        )
    )
    mo.ui.altair_chart(ground_chart)
    return (ground_chart,)


@app.cell
def _(con):
    applicants = con.sql("""
        SELECT report_year, applicant_label_zh AS applicant,
               sum(applications) FILTER (outcome_group = 'refused')::BIGINT AS refused,
               refused / nullif(sum(applications), 0) AS share,
               sum(cells_without_number)::BIGINT AS cells_without_number
        FROM v_applicant_outcome_shares
        WHERE scope = 'own' AND applicant IN ('natural_person', 'commercial_enterprise')
        GROUP BY report_year, applicant_label_zh HAVING share IS NOT NULL
        ORDER BY ALL""").df()
    return (applicants,)


@app.cell
def _(alt, applicants, mo):
    applicant_chart = (
        alt.Chart(applicants, title="对谁不予公开 To whom information is refused")
        .mark_line(point=True)
        .encode(
            x=alt.X("report_year:O", title="年度 year"),
            y=alt.Y("share:Q", title="不予公开占其结果 refused, of their outcomes", axis=alt.Axis(format="%")),
            color=alt.Color("applicant:N", title="申请人 applicant"),
            tooltip=["report_year", "applicant", "refused", "cells_without_number"],
        )
    )
    mo.ui.altair_chart(applicant_chart)
    return (applicant_chart,)


@app.cell
def _(con, mo):
    doubtful, everything = con.sql(
        "SELECT count(*) FILTER (errors > 0 OR extraction_errors + extraction_warnings > 0), count(*) "
        "FROM mart_filing WHERE is_current"
    ).fetchone()
    mo.md(
        f"""
        ## 可信程度 How far to trust this

        {everything} 份现行报告中，{doubtful} 份有未解决的错误或读取存疑，上面没有剔除；逐条见 `v_issues`。
        Of {everything} current filings {doubtful} have open errors or doubts of reading; they were not left out above.
        `v_issues` has them one by one.
        """
    )
    return doubtful, everything


if __name__ == "__main__":
    app.run()
