"""The table contracts: what SCHEMA names is there, described in both languages, and consistent."""

from pathlib import Path

import pytest

from extract.forms import load_forms
from transform.contracts import (
    ContractError,
    codes,
    contracts_version,
    load_contract,
    load_contracts,
    load_enums,
)

# The columns that are relied on from outside the project.
PROMISED = {
    "dim_agency": "agency_id name level sector region_code province prefecture county parent_agency_id valid_from "
    "valid_to successor_id",
    "dim_filing": "filing_id agency_id report_year scope form title url media_type sha256 published_on retrieved_at "
    "revision is_current",
    "dim_item": "item form_table section item_group label_zh label_en sort_order is_total",
    "dim_applicant": "code label_zh label_en sort_order",
    "dim_result": "code label_zh label_en sort_order",
    "fact_applications": "filing_id item applicant value status",
    "fact_reviews": "filing_id result value status",
    "fact_litigation": "filing_id route result value status",
    "fact_proactive": "filing_id item measure value status",
    "fact_reported_totals": "filing_id form_table row_code column_code value status",
    "cell": "filing_id form_table row_code column_code raw value status page bbox locator method",
    "claim": "filing_id metric value sentence scope",
    "quality_issue": "issue_id filing_id rule severity origin place expected actual hint cause_group message_zh "
    "message_en first_seen_at resolved_at",
    "review": "issue_id decision reason role decided_at",
    "capture": "url fetched_at http_status sha256 media_type warc_file warc_offset",
    "run": "",
    "build_info": "",
    "data_dictionary": "",
}


@pytest.mark.parametrize("table", PROMISED)
def test_promised_columns_are_there_and_stored(table: str) -> None:
    contract = load_contracts()[table]
    assert set(PROMISED[table].split()) <= {column.name for column in contract.columns}


def test_everything_is_described_in_both_languages() -> None:
    for contract in load_contracts().values():
        for zh, en in [
            (contract.description_zh, contract.description_en),
            (contract.grain_zh, contract.grain_en),
            *((column.description_zh, column.description_en) for column in contract.columns),
        ]:
            assert any("\u4e00" <= character <= "\u9fff" for character in zh), (contract.table, zh)
            assert en.isprintable() and any(character.isascii() and character.isalpha() for character in en)


def test_figures_are_exact_decimals() -> None:
    for contract in load_contracts().values():
        for column in contract.columns:
            if column.name == "value":
                assert column.type == "DECIMAL(18,4)", contract.table


def test_only_what_holds_the_clock_of_a_build_is_outside_the_digest() -> None:
    assert {c.table for c in load_contracts().values() if not c.digest} == {"run", "build_info", "figure_change"}


def test_code_sets_hold_every_code_of_every_form() -> None:
    for form in load_forms().values():
        assert form.code in codes("form")
        for table, row, column in form.cells():
            assert table in codes("form_table") and row in codes("row_code") and column in codes("column_code")
    assert "other" in codes("row_code")  # the merged row


def test_code_sets_of_the_contract() -> None:
    assert codes("level") == ("central", "province", "prefecture", "county", "township", "zone", "vertical")
    assert codes("scope") == ("own", "area", "represented", "unknown")
    assert codes("cell_status") == ("reported", "blank", "not_applicable", "unreadable", "missing")
    assert codes("decision") == ("confirmed", "dismissed", "waiting")
    assert codes("route") == ("direct", "after_review")
    for name, values in load_enums().items():
        assert len({value.code for value in values}) == len(values), name


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "t.yaml"
    path.write_text(text, "utf-8")
    return path


HEAD = "table: t\ngrain_zh: 一\ngrain_en: a\ndescription_zh: 一\ndescription_en: a\nchanges_with: night\n"
COLUMN = "{name: a, type: VARCHAR, nullable: false, description_zh: 一, description_en: a}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + f"key: [b]\ncolumns: [{COLUMN}]", "key column b"),
        (HEAD + f"key: [a]\ncolumns: [{COLUMN}, {COLUMN}]", "twice"),
        (HEAD + f"key: [a]\ncolumns: [{COLUMN.replace('false', 'true')}]", "nullable"),
        (HEAD + f"key: [a]\ncolumns: [{COLUMN.replace('VARCHAR', 'enum:nothing')}]", "unknown set"),
        (HEAD.replace("table: t", "table: u") + f"key: [a]\ncolumns: [{COLUMN}]", "describes the table u"),
        (HEAD + f"columns: [{COLUMN}]", "key"),
        (HEAD.replace("night", "moon") + f"key: [a]\ncolumns: [{COLUMN}]", "changes_with"),
        (HEAD + f"key: [a]\ncolumns: [{COLUMN.replace('name', 'title')}]", "title"),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        load_contract(_file(tmp_path, text))


def test_version_is_a_stable_fingerprint() -> None:
    assert len(contracts_version()) == 16 and contracts_version() == contracts_version()
