"""What each family asks for and reads, page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from extract.crawl.families import FAMILIES, NotAListing
from extract.crawl.model import Ask, Hint, Listing
from extract.crawl.needs import NEEDS
from extract.crawl.site import ListingAddress
from tests.crawl_families import HOST, LIST, listed, page, reported, site, text

HOME = f"https://{HOST}"


def reports(listing: Listing) -> dict[str, Hint]:
    return {ask.url: ask.hint for ask in listing.asks if ask.role == "report"}


def lists(listing: Listing) -> list[str]:
    return [ask.url for ask in listing.asks if ask.role == "listing"]


def test_every_family_has_its_needs_and_a_described_pattern() -> None:
    assert set(FAMILIES) == set(NEEDS)
    for name, family in FAMILIES.items():
        assert family.name == name
        said = (type(family).__doc__ or "").lower()
        for word in ("asks for:", "paging:", "promised:", "params", "seen:", "assumed:"):
            assert word in said, (name, word)


def test_a_source_s_lists_are_asked_for_first() -> None:
    chosen = site("trs", "https://WWW.example.gov.cn/zwgk/zfxxgknb/#top", agencies={})
    assert [(ask.url, ask.listing, ask.role) for ask in FAMILIES["trs"].start(chosen)] == [(LIST, LIST, "listing")]


class TestTrs:
    def read(self, name: str = "trs_list.html", **more: Any) -> Listing:
        chosen = site("trs", **more)
        return FAMILIES["trs"].listing(chosen, page(listed(), text(name)))

    def test_reports_of_the_years_asked_for(self) -> None:
        found = reports(self.read())
        off_site = found.pop("https://mirror.example.com/202401/t20240120_1010.html")  # the crawler declines it
        assert (off_site.report_year, off_site.agency) == (2023, "示例县水利局")
        assert {
            url.removeprefix(HOME): (hint.report_year, hint.agency, hint.published_on) for url, hint in found.items()
        } == {
            "/zwgk/zfxxgknb/202401/t20240118_1001.html": (2023, "示例县财政局", "2024-01-18"),
            "/zwgk/zfxxgknb/202401/t20240119_1002.html": (2023, "示例县教育局", "2024-01-19"),
            "/zwgk/zfxxgknb/202301/t20230119_1003.html": (2022, "示例县人民政府", "2023-01-19"),
            "/xxgk/202401/t19700101_1004.html": (2023, "示例镇", "2024-01-22"),
            "/zwgk/zfxxgknb/202401/P020240120123456789012.pdf": (2023, "示例县统计局", "2024-01-20"),
        }

    def test_the_full_title_stands_in_the_hint(self) -> None:
        found = reports(self.read())[f"{LIST}202401/t20240118_1001.html"]
        assert found.title == "示例县财政局2023年政府信息公开工作年度报告"

    def test_every_entry_counts_once_whether_it_concerns_us_or_not(self) -> None:
        items = self.read().items
        assert len(items) == len(set(items)) == 11
        assert "https://mirror.example.com/202401/t20240120_1010.html" in items  # off the hosts
        assert (
            f"{HOME}/about/t20200101_1.html" not in items
            and f"{HOME}/zwgk/zwdt/202402/t20240201_9001.html" not in items
        )

    def test_further_pages_count_from_index_1(self) -> None:
        listing = self.read()
        assert [url for url in lists(listing) if "index_" in url] == [f"{LIST}index_1.html", f"{LIST}index_2.html"]
        assert (listing.promised, listing.promised_pages) == (None, 3)

    def test_lists_below_are_followed_but_not_calendars_and_years_not_asked_for(self) -> None:
        below = [ask for ask in self.read().asks if ask.role == "listing" and "index_" not in ask.url]
        assert [(ask.url, ask.listing, ask.hint.report_year, ask.hint.agency, ask.depth) for ask in below] == [
            (f"{LIST}2022n/", f"{LIST}2022n/", 2022, None, 1),
            (f"{LIST}bm/jyj/index.html", f"{LIST}bm/jyj/index.html", None, "示例县教育局", 1),
        ]

    def test_lists_that_lie_too_deep_are_named_so_that_they_are_refused(self) -> None:
        below = [ask for ask in self.read(max_depth=0).asks if ask.role == "listing" and "index_" not in ask.url]
        assert [(ask.url, ask.depth) for ask in below] == [(f"{LIST}2022n/", 1), (f"{LIST}bm/jyj/index.html", 1)]

    def test_an_empty_list_is_one(self) -> None:
        assert self.read("trs_empty.html") == Listing(promised_pages=1)

    def test_a_stub_is_no_list(self) -> None:
        with pytest.raises(NotAListing, match=r"不是列表.* / .*no list"):
            self.read("stub.html")

    def test_a_page_that_the_list_counts_and_that_shows_nothing_is_no_list(self) -> None:
        ask = next(ask for ask in self.read().asks if ask.url.endswith("index_1.html"))
        with pytest.raises(NotAListing, match="counts a page 2"):
            FAMILIES["trs"].listing(site("trs"), page(ask, text("trs_empty.html")))

    def test_later_pages_ask_for_no_further_ones(self) -> None:
        ask = next(ask for ask in self.read().asks if ask.url.endswith("index_1.html"))
        listing = FAMILIES["trs"].listing(site("trs"), page(ask, text("trs_list.html")))
        assert not [url for url in lists(listing) if "index_" in url]
        assert {each.listing for each in listing.asks if each.role == "report"} == {LIST}

    def test_pages_are_named_after_the_address_that_a_redirect_led_to(self) -> None:
        ask = listed(LIST.removesuffix("/"))
        listing = FAMILIES["trs"].listing(site("trs"), page(ask, text("trs_list.html"), LIST))
        assert f"{LIST}index_1.html" in lists(listing)

    def test_a_list_of_one_agency_names_it_where_titles_do_not(self) -> None:
        content = '<ul><li><a href="202401/t20240101_1.html">2023年政府信息公开年报</a></li></ul>'
        ask = listed(hint=Hint(agency="示例县财政局"))
        found = reports(FAMILIES["trs"].listing(site("trs"), page(ask, content)))
        assert [hint.agency for hint in found.values()] == ["示例县财政局"]


class TestNfcms:
    def test_posts_and_pages_from_index_2(self) -> None:
        address = f"http://{HOST}/zwgk/xxgkndbg/index.html"
        listing = FAMILIES["nfcms"].listing(site("nfcms", address), page(listed(address), text("nfcms_list.html")))
        stem = f"http://{HOST}/zwgk/xxgkndbg/"
        assert [(url, hint.report_year) for url, hint in reports(listing).items()] == [
            (f"{stem}content/post_2001.html", 2023),
            (f"{stem}content/post_2002.html", 2022),
        ]
        assert len(listing.items) == 3
        assert lists(listing) == [f"{stem}index_{number}.html" for number in (2, 3, 4)]
        assert listing.promised_pages == 4


class TestVsb:
    ADDRESS = f"{HOME}/zwgk/zfxxgknb.htm"

    def read(self, content: str) -> Listing:
        return FAMILIES["vsb"].listing(site("vsb", self.ADDRESS), page(listed(self.ADDRESS), content))

    def test_entries_marker_and_pages_that_count_down(self) -> None:
        listing = self.read(text("vsb_list.html"))
        assert [hint.report_year for hint in reports(listing).values()] == [2022, 2022]
        assert len(listing.items) == 3
        assert (listing.promised, listing.promised_pages) == (45, 3)
        stem = f"{HOME}/zwgk/zfxxgknb/"
        assert lists(listing) == [f"{stem}bm2023n.htm", f"{stem}2.htm", f"{stem}1.htm"]

    def test_pages_that_count_up_where_the_links_do(self) -> None:
        content = text("vsb_list.html").replace("zfxxgknb/1.htm", "zfxxgknb/3.htm")
        stem = f"{HOME}/zwgk/zfxxgknb/"
        assert lists(self.read(content)) == [f"{stem}bm2023n.htm", f"{stem}2.htm", f"{stem}3.htm"]

    def test_without_marker_the_next_page_is_followed(self) -> None:
        content = text("vsb_list.html").replace("共45条", "").replace("1/3", "")
        assert lists(self.read(content))[1:] == [f"{HOME}/zwgk/zfxxgknb/2.htm"]


class TestJcms:
    ADDRESS = f"{HOME}/col/col1229114055/index.html"

    def read(self, content: str, **more: Any) -> Listing:
        return FAMILIES["jcms"].listing(site("jcms", self.ADDRESS, **more), page(listed(self.ADDRESS), content))

    def test_records_in_the_page(self) -> None:
        listing = self.read(text("jcms_col.html"))
        assert [(hint.report_year, hint.published_on) for hint in reports(listing).values()] == [
            (2023, "2024-01-18"),
            (2023, "2024-01-19"),
        ]
        assert (len(listing.items), listing.promised, listing.promised_pages) == (3, 8, 3)

    def test_the_other_records_by_post_with_what_nextgroup_gives(self) -> None:
        asks = [ask for ask in self.read(text("jcms_col.html")).asks if ask.role == "listing"]
        windows = [parse_qs(urlsplit(ask.url).query) for ask in asks]
        assert [(window["startrecord"], window["endrecord"], window["perpage"]) for window in windows] == [
            (["4"], ["6"], ["1"]),
            (["7"], ["8"], ["1"]),
        ]
        assert {ask.method for ask in asks} == {"POST"} and all(ask.listing == self.ADDRESS for ask in asks)
        sent = parse_qs(asks[0].body)
        assert (sent["columnid"], sent["unitid"], sent["webid"]) == (["mI2Zb+k="], ["a9Xz=="], ["3178"])
        assert (sent["col"], sent["sourceContentType"], sent["webname"]) == (["1"], ["1"], ["示例县"])
        assert urlsplit(asks[0].url).path == "/module/web/jpage/dataproxy.jsp"

    def test_the_other_records_by_get(self) -> None:
        asks = [ask for ask in self.read(text("jcms_col.html"), params={"paging": "get"}).asks if ask.role == "listing"]
        query = parse_qs(urlsplit(asks[0].url).query)
        assert (asks[0].method, asks[0].body) == ("GET", "")
        assert (query["startrecord"], query["columnid"]) == (["4"], ["mI2Zb+k="])

    def test_a_proxy_that_takes_page_numbers_only(self) -> None:
        first = self.read(text("jcms_col.html").replace("perPage:1", "perPage:3"))
        (ask,) = [ask for ask in first.asks if ask.role == "listing"]
        again = "".join(f"<record><![CDATA[<li><a href='{item}'>年报</a></li>]]></record>" for item in first.items)
        answer = f"<datastore><totalrecord>8</totalrecord><recordset>{again}</recordset></datastore>"
        listing = FAMILIES["jcms"].listing(site("jcms", self.ADDRESS), page(ask, answer))
        asks = [each for each in listing.asks if each.role == "listing"]
        proxy = f"{HOME}/module/web/jpage/dataproxy.jsp"
        assert [(each.url, each.method) for each in asks] == [(f"{proxy}?page=2", "POST"), (f"{proxy}?page=3", "POST")]
        assert {each.body for each in asks} == {ask.body} and listing.promised_pages == 3
        last = FAMILIES["jcms"].listing(site("jcms", self.ADDRESS), page(asks[0], text("jcms_answer.xml")))
        assert len(last.items) == 2 and not lists(last)

    def test_page_numbers_at_once(self) -> None:
        listing = self.read(text("jcms_col.html"), params={"paging": "page"})
        proxy = f"{HOME}/module/web/jpage/dataproxy.jsp"
        assert lists(listing) == [f"{proxy}?page=2", f"{proxy}?page=3"]

    def test_an_answer_of_the_proxy(self) -> None:
        first = self.read(text("jcms_col.html"))
        ask = next(ask for ask in first.asks if ask.role == "listing")
        listing = FAMILIES["jcms"].listing(
            site("jcms", self.ADDRESS), page(ask, text("jcms_answer.xml"), media_type="text/xml")
        )
        assert [(url.removeprefix(HOME), hint.report_year) for url, hint in reports(listing).items()] == [
            ("/art/2023/1/18/art_1229114055_60001.html", 2022),
            ("/art/2023/1/18/art_1229114055_60002.html", 2022),  # the column's heading speaks of annual reports
        ]
        assert not lists(listing) and listing.promised == 8

    def test_a_challenge_in_the_place_of_an_answer(self) -> None:
        ask = next(ask for ask in self.read(text("jcms_col.html")).asks if ask.role == "listing")
        with pytest.raises(NotAListing, match="datastore"):
            FAMILIES["jcms"].listing(site("jcms", self.ADDRESS), page(ask, text("challenge.html")))

    def test_a_column_without_records_learns_its_total_from_the_first_group(self) -> None:
        asks = list(self.read(text("jcms_script_only.html")).asks)
        assert [parse_qs(urlsplit(ask.url).query)["endrecord"] for ask in asks] == [["45"]]
        assert urlsplit(asks[0].url).path == "/module/jpage/dataproxy.jsp"
        answer = text("jcms_answer.xml").replace("<totalrecord>8<", "<totalrecord>100<")
        listing = FAMILIES["jcms"].listing(site("jcms", self.ADDRESS), page(asks[0], answer))
        windows = [parse_qs(urlsplit(ask.url).query) for ask in listing.asks if ask.role == "listing"]
        assert [(window["startrecord"], window["endrecord"]) for window in windows] == [
            (["46"], ["90"]),
            (["91"], ["100"]),
        ]
        assert (listing.promised, listing.promised_pages) == (100, 4)

    def test_a_column_without_store_is_read_as_a_list(self) -> None:
        content = '<ul><li><a href="/art/2024/1/18/art_1_2.html">示例县2023年政府信息公开年报</a></li></ul>'
        assert len(reports(self.read(content))) == 1

    def test_a_column_whose_store_can_neither_be_read_nor_asked_for(self) -> None:
        content = text("jcms_script_only.html").replace("unitid:99001,", "")
        with pytest.raises(NotAListing, match="unitid"):
            self.read(content)


class TestJpaas:
    ADDRESS = f"{HOME}/lxz/zwgk/zfxxgknb/2023/index.html"

    def column(self, **more: Any) -> Listing:
        return FAMILIES["jpaas"].listing(
            site("jpaas", self.ADDRESS, **more), page(listed(self.ADDRESS), text("jpaas_col.html"))
        )

    def test_the_unit_is_asked_for_with_what_the_column_says(self) -> None:
        (ask,) = self.column().asks
        parts = urlsplit(ask.url)
        assert parts.path == "/api-gateway/jpaas-publish-server/front/page/build/unit"
        assert parse_qs(parts.query) == {
            "parseType": ["bulidstatic"], "webId": ["12"], "tplSetId": ["34"], "pageType": ["column"],
            "tagId": ["信息列表"], "pageId": ["56"], "rows": ["15"], "pageNo": ["1"],
        }  # fmt: skip
        assert (ask.listing, ask.hint.report_year) == (self.ADDRESS, 2023)

    def test_an_answer_and_its_pages(self) -> None:
        (ask,) = self.column().asks
        listing = FAMILIES["jpaas"].listing(site("jpaas", self.ADDRESS), page(ask, text("jpaas_answer.json")))
        found = reports(listing)
        assert {hint.agency for hint in found.values()} == {"示例州公安局", "示例州民政局"}
        assert {hint.report_year for hint in found.values()} == {2023}
        assert f"{HOME}/lxz/zwgk/zfxxgknb/2023/art/2024/art_d59836f6cd784887994011ec81c0a919.html" in found
        assert [parse_qs(urlsplit(url).query)["pageNo"] for url in lists(listing)] == [["2"], ["3"]]
        assert (listing.promised, listing.promised_pages, len(listing.items)) == (31, 3, 2)

    def test_without_a_total_pages_are_followed_as_long_as_they_are_full(self) -> None:
        (ask,) = self.column(params={"rows": "2"}).asks
        chosen = site("jpaas", self.ADDRESS, params={"rows": "2"})
        answer = text("jpaas_answer.json").replace('"total": 31, ', "")
        first = FAMILIES["jpaas"].listing(chosen, page(ask, answer))
        (second,) = [each for each in first.asks if each.role == "listing"]
        assert parse_qs(urlsplit(second.url).query)["pageNo"] == ["2"] and first.promised is None
        assert not lists(FAMILIES["jpaas"].listing(chosen, page(second, answer)))  # the same page again: the end

    @pytest.mark.parametrize("content", ["{", '{"data": {}}', "[1]", '{"data": {"html": 3}}'])
    def test_broken_answers(self, content: str) -> None:
        (ask,) = self.column().asks
        with pytest.raises(NotAListing):
            FAMILIES["jpaas"].listing(site("jpaas", self.ADDRESS), page(ask, content))

    def test_a_column_that_tells_nothing(self) -> None:
        with pytest.raises(NotAListing, match="webId"):
            FAMILIES["jpaas"].listing(site("jpaas", self.ADDRESS), page(listed(self.ADDRESS), '<a href="/">首页</a>'))


class TestJcmsAnnual:
    def test_every_agency_and_year(self) -> None:
        chosen = site(
            "jcms_annual", f"{HOME}/", agencies={"001008": "示例县统计局", "11 3": "示例镇"}, years=(2023, 2024)
        )
        asks = list(FAMILIES["jcms_annual"].start(chosen))
        stem = f"{HOME}/module/xxgk/xxgkAnnualReport.jsp"
        assert [(ask.url, ask.hint.agency, ask.hint.report_year) for ask in asks] == [
            (f"{stem}?area=001008&fbtime=2024", "示例县统计局", 2024),
            (f"{stem}?area=11%203&fbtime=2024", "示例镇", 2024),
            (f"{stem}?area=001008&fbtime=2023", "示例县统计局", 2023),
            (f"{stem}?area=11%203&fbtime=2023", "示例镇", 2023),
        ]
        assert {(ask.role, ask.listing) for ask in asks} == {("report", stem)}

    def test_the_module_s_links_on_a_page(self) -> None:
        chosen = site("jcms_annual", f"{HOME}/", agencies={"001008": "示例县统计局"}, years=(2023, 2024))
        content = (
            '<a href="/module/xxgk/xxgkAnnualReport.jsp?fbtime=2023&area=001008">年报</a>'
            '<a href="/module/xxgk/xxgkAnnualReport.jsp?fbtime=2012&area=001008">年报</a><a href="/">首页</a>'
        )
        listing = FAMILIES["jcms_annual"].listing(chosen, page(listed(f"{HOME}/"), content))
        assert [(hint.agency, hint.report_year) for hint in reports(listing).values()] == [("示例县统计局", 2023)]
        assert len(listing.items) == 2


class TestOpenness:
    def test_a_list_for_every_organisation_and_year(self) -> None:
        address = f"{HOME}/openness/OpennessAnnualReport/year/6/2022.html"
        chosen = site("openness", address, agencies={"6": "示例区老街乡"}, years=(2021, 2022))
        asks = list(FAMILIES["openness"].start(chosen))
        assert [ask.url for ask in asks] == [address, address.replace("2022", "2021")]
        assert all(ask.role == "listing" and ask.listing == ask.url for ask in asks)
        other = site("openness", f"{HOME}/zwgk/", agencies={"6": "示例区老街乡"}, years=(2022, 2022))
        assert [ask.url for ask in FAMILIES["openness"].start(other)] == [address]

    def test_what_the_module_shows(self) -> None:
        address = f"{HOME}/openness/OpennessAnnualReport/year/6/2022.html"
        chosen = site("openness", address, agencies={"6": "示例区"}, years=(2021, 2022))
        ask = next(FAMILIES["openness"].start(chosen))
        listing = FAMILIES["openness"].listing(chosen, page(ask, text("openness_year.html")))
        assert [(url.removeprefix(HOME), hint.agency, hint.report_year) for url, hint in reports(listing).items()] == [
            ("/openness/OpennessAnnualReport/show/3965.html", "示例区老街乡", 2022),
            ("/XxgkAnnualReport/show/5010.html", "示例区", 2022),
        ]
        assert len(listing.items) == 4


class TestGkmlpt:
    INDEX = f"http://{HOST}/gkmlpt/index"

    def test_the_categories_of_annual_reports(self) -> None:
        ask = next(FAMILIES["gkmlpt"].start(site("gkmlpt", self.INDEX)))
        listing = FAMILIES["gkmlpt"].listing(site("gkmlpt", self.INDEX), page(ask, text("gkmlpt_index.html")))
        assert lists(listing) == [f"http://{HOST}/gkmlpt/api/all/9103?page=1&sid=755041"]

    def test_named_categories_spare_the_index_and_go_over_http(self) -> None:
        chosen = site("gkmlpt", f"https://{HOST}/gkmlpt/index", params={"sid": "755041", "category": "9103, 77"})
        assert [ask.url for ask in FAMILIES["gkmlpt"].start(chosen)] == [
            f"http://{HOST}/gkmlpt/api/all/9103?page=1&sid=755041",
            f"http://{HOST}/gkmlpt/api/all/77?page=1&sid=755041",
        ]

    def articles(self) -> tuple[Listing, Ask]:
        chosen = site("gkmlpt", self.INDEX, params={"sid": "755041", "category": "9103"})
        ask = next(FAMILIES["gkmlpt"].start(chosen))
        return FAMILIES["gkmlpt"].listing(
            chosen, page(ask, text("gkmlpt_articles.json"), media_type="application/json")
        ), ask

    def test_articles_and_pages_of_a_hundred(self) -> None:
        listing, ask = self.articles()
        found = reports(listing)
        first = found[f"http://{HOST}/gkmlpt/content/9/9103/post_9103540.html"]
        assert first == Hint(
            "示例区教育局2023年政府信息公开工作年度报告",
            "2024-01-18",
            "示例区教育局",
            2023,
            "114403006955506492/2024-00426",
        )
        second = found[f"http://{HOST}/gkmlpt/content/9/9103/post_9103541.html"]
        assert (second.agency, second.report_year, second.published_on) == ("示例区民政局", 2022, "2023-01-18")
        assert len(found) == 2 and len(listing.items) == 3
        assert (listing.promised, listing.promised_pages) == (250, 3)
        assert lists(listing) == [ask.url.replace("page=1", f"page={number}") for number in (2, 3)]

    def test_a_report_takes_the_files_that_its_list_and_its_page_name(self) -> None:
        listing, _ = self.articles()
        ask = next(ask for ask in listing.asks if ask.url.endswith("9103540.html"))
        found = FAMILIES["gkmlpt"].report(site("gkmlpt", self.INDEX), page(ask, text("gkmlpt_report.html")))
        stem = f"http://{HOST}/gkmlpt/"
        assert {each.url.removeprefix(stem) for each in found.asks} == {
            "img/0/1.jpg", "img/0/2.jpg", "attachment/0/1/1.pdf", "attachment/0/1/2.xls",
        }  # fmt: skip
        assert found.hint == Hint(
            "示例区教育局2023年政府信息公开工作年度报告",
            "2024-01-18",
            "示例区教育局",
            2023,
            "114403006955506492/2024-00426",
        )

    @pytest.mark.parametrize("content", ["<html>412</html>", "", "{}", '{"articles": 3}', '{"articles": ['])
    def test_broken_answers(self, content: str) -> None:
        _, ask = self.articles()
        with pytest.raises(NotAListing):
            FAMILIES["gkmlpt"].listing(site("gkmlpt", self.INDEX), page(ask, content))

    def test_an_empty_category_is_a_list(self) -> None:
        _, ask = self.articles()
        listing = FAMILIES["gkmlpt"].listing(site("gkmlpt"), page(ask, '{"total": 0, "articles": []}'))
        assert listing == Listing(promised=0, promised_pages=1)

    def test_an_index_without_configuration(self) -> None:
        with pytest.raises(NotAListing, match="_CONFIG"):
            FAMILIES["gkmlpt"].listing(site("gkmlpt"), page(listed(self.INDEX), text("challenge.html")))

    def test_an_index_without_such_a_category(self) -> None:
        content = text("gkmlpt_index.html").replace("年度报告", "指南")
        with pytest.raises(NotAListing, match="category"):
            FAMILIES["gkmlpt"].listing(site("gkmlpt"), page(listed(self.INDEX), content))


class TestUcap:
    def first(self) -> Ask:
        return next(FAMILIES["ucap"].start(site("ucap", params={"channel": "a1b2"})))

    def test_the_search_of_a_channel(self) -> None:
        address = f"{HOME}/common/search/a1b2?page=1&_pageSize=15&_isAgg=true&_isJson=true&_template=index"
        assert self.first().url == address
        assert next(FAMILIES["ucap"].start(site("ucap", f"{HOME}/common/search/a1b2"))).url == address

    def test_results_and_pages(self) -> None:
        ask = self.first()
        listing = FAMILIES["ucap"].listing(
            site("ucap"), page(ask, text("ucap_answer.json"), media_type="application/json")
        )
        first, second = reports(listing).values()
        assert first == Hint(
            "示例市2023年政府信息公开工作年度报告", "2024-02-01", "示例市", 2023, "0142671915/2024-00002"
        )
        assert (second.agency, second.report_year, second.published_on) == ("示例市民政局", 2022, "2023-02-01")
        assert (len(listing.items), listing.promised, listing.promised_pages) == (3, 33, 3)
        assert lists(listing) == [ask.url.replace("page=1", f"page={number}", 1) for number in (2, 3)]

    @pytest.mark.parametrize("content", ["<!DOCTYPE html><html></html>", '{"data": {"total": 3}}', "null", "x(1"])
    def test_broken_answers(self, content: str) -> None:
        with pytest.raises(NotAListing):
            FAMILIES["ucap"].listing(site("ucap"), page(self.first(), content))


class TestGeneric:
    ADDRESS = f"{HOME}/zfxxgk/nb/2023n/index.html"

    def read(self, name: str = "generic_list.html", **more: Any) -> Listing:
        return FAMILIES["listing"].listing(
            site("listing", self.ADDRESS, **more), page(listed(self.ADDRESS), text(name))
        )

    def test_links_that_concern_us(self) -> None:
        stem = f"{HOME}/zfxxgk/nb/2023n/"
        assert [(url, hint.agency, hint.report_year) for url, hint in reports(self.read()).items()] == [
            (f"{stem}1615234821120872450.html", "示例县市场监督管理局", 2023),
            (f"{HOME}/gongkai/show/20240111094149170.html", "示例乡", 2023),
            (f"{stem}1615234821120872452.html", "示例县", 2022),
        ]

    def test_lists_below_and_the_next_page(self) -> None:
        stem = f"{HOME}/zfxxgk/nb/2023n/"
        listing = self.read()
        assert lists(listing) == [f"{stem}xz/index.html", f"{stem}zj/", f"{stem}index_2.html"]
        assert listing.promised_pages == 3

    def test_the_way_from_page_to_page_ends_where_a_page_shows_the_same_again(self) -> None:
        chosen = site("listing", self.ADDRESS)
        second = next(ask for ask in self.read().asks if ask.url.endswith("index_2.html"))
        content = text("generic_list.html").replace('<a href="index_2.html">下一页', '<a href="index_3.html">下一页')
        assert not [url for url in lists(FAMILIES["listing"].listing(chosen, page(second, content))) if "index_" in url]
        other = content.replace("1615234821120872450", "1615234821120872499")
        assert f"{HOME}/zfxxgk/nb/2023n/index_3.html" in lists(FAMILIES["listing"].listing(chosen, page(second, other)))

    def test_a_next_page_is_no_list_below(self) -> None:
        content = f'<a href="1.html">{TITLE}</a><a href="page/2/">后一页</a>'
        listing = FAMILIES["listing"].listing(site("listing", max_depth=0), page(listed(), content))
        pages = [(ask.url, ask.listing, ask.depth) for ask in listing.asks if ask.role == "listing"]
        assert pages == [(f"{LIST}page/2/", LIST, 0)]

    def test_pages_that_a_parameter_numbers(self) -> None:
        address = f"{HOME}/zfxxgk/nb/list.php?id=7"
        content = '<a href="a_20240101.html">示例县2023年政府信息公开年报</a> <a href="list.php?id=7&page=2">2</a>'
        listing = FAMILIES["listing"].listing(site("listing", address), page(listed(address), content))
        assert lists(listing) == [f"{address}&page=2"]

    def test_pages_that_a_script_counts(self) -> None:
        address = f"{HOME}/nw12344/index.html"
        content = (
            '<li><a href="20230331/4a03b5fa47ae4c73b7ec42801de6be66.html">示例市2022年政府信息公开年报</a></li>'
            "<script>$('#pages').pagination({totalPage: 3, currentPage: 1});</script>"
        )
        listing = FAMILIES["listing"].listing(site("listing", address), page(listed(address), content))
        assert lists(listing) == [f"{HOME}/nw12344/index_2.html", f"{HOME}/nw12344/index_3.html"]
        assert listing.promised_pages == 3
        named = content.replace("currentPage: 1", "urlPrefix: 'page', urlSuffix: 'shtml'")
        listing = FAMILIES["listing"].listing(site("listing", address), page(listed(address), named))
        assert lists(listing) == [f"{HOME}/nw12344/page_2.shtml", f"{HOME}/nw12344/page_3.shtml"]

    def test_lists_of_agencies_elsewhere_on_the_site(self) -> None:
        content = (
            '<div class="nav"><a href="/qt/zfxxgknb/list.shtml">示例县信访局信息公开年报</a></div>'
            '<ul><li><a href="/bm00/zfxxgknb/list.shtml">示例县人民政府信息公开年报</a></li>'
            '<li><a href="/bm01/list.shtml">示例县教育局政府信息公开年报</a></li>'
            '<li><a href="/bm02/list.shtml">示例县商务局</a></li></ul>'
        )
        ask = listed(f"{HOME}/xxgk/zfxxgknb/list.shtml")
        listing = FAMILIES["listing"].listing(site("listing"), page(ask, content))
        assert [(each.url.removeprefix(HOME), each.hint.agency) for each in listing.asks] == [
            ("/bm00/zfxxgknb/list.shtml", "示例县人民政府"),
            ("/bm01/list.shtml", "示例县教育局"),
        ]

    def test_addresses_that_identify_a_document_by_a_parameter(self) -> None:
        content = (
            '<li><a href="/eportal/ui?articleKey=b1710741588949f1955364d3f24984ae&columnId=1">'
            "示例旗审计局2023年信息公开年报</a>"
            '2024-01-01</li><li><a href="/subsite/toPage?objectId=27650">会议</a>2024-01-02</li>'
        )
        listing = FAMILIES["listing"].listing(site("listing"), page(listed(), content))
        assert len(reports(listing)) == 1 and len(listing.items) == 2

    def test_a_list_that_is_itself_a_report(self) -> None:
        address = f"{HOME}/zwgk/zfnbhz/srmzfbgs"
        ask = listed(address, depth=1)
        listing = FAMILIES["listing"].listing(site("listing"), page(ask, text("report_as_list.html")))
        assert [(url, hint.report_year) for url, hint in reports(listing).items()] == [(address, 2025)]

    def test_a_folder_that_is_named_as_a_report_is_one(self) -> None:
        content = (
            '<a href="01603A414F5447B1AFC583911D39C4AD/index.shtml">示例省财政厅2021年政府信息公开工作年度报告</a>'
        )
        ask = listed(f"{HOME}/czt/zfxxgk/zfxxgknb/")
        assert len(reports(FAMILIES["listing"].listing(site("listing"), page(ask, content)))) == 1

    def test_every_item_with_a_year_where_the_lists_hold_reports_only(self) -> None:
        content = (
            '<title>2023年度</title><ul><li><a href="1.html">示例县财政局</a>2024-01-01</li>'
            '<li><a href="2.html">关于本县情况的材料</a></li>'
            '<li><a href="3.html">2023年政府网站工作年度报表</a></li><li><a href="https://other.example.gov.cn/4.html">某某</a></li>'
            '<li><a href="/lianxi.html">联系我们</a></li></ul>'
        )
        ask = listed(f"{HOME}/xxgk/abc/")
        every = reports(FAMILIES["listing"].listing(site("listing", every_item=True), page(ask, content)))
        assert [url.rpartition("/")[2] for url in every] == ["1.html", "2.html"]
        assert {hint.report_year for hint in every.values()} == {2023}
        assert not reports(FAMILIES["listing"].listing(site("listing"), page(ask, content)))

    def test_a_file_is_no_list(self) -> None:
        with pytest.raises(NotAListing, match="application/pdf"):
            FAMILIES["listing"].listing(site("listing"), page(listed(), "%PDF", media_type="application/pdf"))


def off_site(family: str, ask: Ask, content: str, **more: Any) -> list[tuple[str, str]]:
    """Role and address of what a page leads to off the source's hosts."""
    listing = FAMILIES[family].listing(site(family, **more), page(ask, content))
    return [(ask.role, ask.url) for ask in listing.asks if urlsplit(ask.url).hostname != HOST]


REPORT = "https://other.example.gov.cn/public/6/1.html"
TITLE = "示例县财政局2023年政府信息公开工作年度报告"
RECORD = f"<record><![CDATA[<li><a href='{REPORT}'>{TITLE}</a>2024-01-18</li>]]></record>"


@pytest.mark.parametrize(
    ("family", "context", "content"),
    [
        *((name, {}, f'<ul><li><a href="{REPORT}">{TITLE}</a>2024-01-18</li></ul>')
          for name in ("trs", "nfcms", "vsb", "listing", "openness", "jcms", "jpaas")),
        ("jcms", {}, f"<datastore><totalrecord>1</totalrecord>{RECORD}</datastore><script>jpage(</script>"),
        ("gkmlpt", {"category": "1", "sid": "2", "page": "1"},
         f'{{"total": 1, "articles": [{{"title": "{TITLE}", "url": "{REPORT}"}}]}}'),
        ("ucap", {"page": "1"}, f'{{"data": {{"total": 1, "results": [{{"title": "{TITLE}", "url": "{REPORT}"}}]}}}}'),
        ("jpaas", {"unit": "1", "page": "1"},
         f'{{"data": {{"total": 1, "html": "<li><a href={REPORT}>{TITLE}</a></li>"}}}}'),
    ],
)  # fmt: skip
def test_reports_off_the_site_s_hosts_are_asked_for_so_that_they_are_declined(
    family: str, context: dict[str, str], content: str
) -> None:
    if (family, context) == ("jpaas", {}):  # a column without reports of its own must tell its unit
        content += "<script>webId: 'a', pageId: 'b'</script>"
    assert off_site(family, replace(listed(), context=context), content) == [("report", REPORT)]


def test_agencies_reports_off_the_site_s_hosts() -> None:
    url = "https://other.example.gov.cn/module/xxgk/xxgkAnnualReport.jsp?area=1&fbtime=2023"
    assert off_site("jcms_annual", listed(), f'<a href="{url}">年报</a>') == [("report", url)]


def test_a_store_of_records_off_the_site_s_hosts_is_asked_for_so_that_it_is_declined() -> None:
    content = "<script>var unitid='9'; ajaxParam('https://data.example.gov.cn/dataproxy.jsp'); jpage(</script>"
    assert [role for role, _ in off_site("jcms", listed(), f"{content}totalRecord:8 perPage:3")] == ["listing"]
    unit = "<script>webId: 'a', pageId: 'b', url: 'https://data.example.gov.cn/front/page/build/unit?rows=15'</script>"
    assert [role for role, _ in off_site("jpaas", listed(), unit)] == ["listing"]


def test_a_column_whose_only_reports_lie_elsewhere_still_has_to_tell_its_unit() -> None:
    with pytest.raises(NotAListing, match="webId"):
        off_site("jpaas", listed(), f'<a href="{REPORT}">{TITLE}</a>')


def test_a_report_that_links_others_elsewhere_is_one_itself() -> None:
    content = text("report_as_list.html").replace("</body>", f'<a href="{REPORT}">{TITLE}</a></body>')
    ask = listed(f"{HOME}/zwgk/zfnbhz/srmzfbgs", depth=1)
    listing = FAMILIES["listing"].listing(site("listing"), page(ask, content))
    assert set(reports(listing)) == {ask.url, REPORT}


def test_lists_off_the_site_s_hosts_are_passed_over() -> None:
    content = '<li><a href="https://other.example.gov.cn/zfxxgknb/list.shtml">示例县教育局政府信息公开年报</a></li>'
    assert not off_site("listing", listed(), content)


def test_lists_of_one_agency_each() -> None:
    chosen = site("trs")
    two = type(chosen)(
        "county",
        "trs",
        "某县",
        "a county",
        (ListingAddress(LIST), ListingAddress(f"{LIST}czj/", "示例县财政局")),
        chosen.hosts,
    )
    assert [ask.hint.agency for ask in FAMILIES["trs"].start(two)] == [None, "示例县财政局"]


def test_a_page_that_is_sent_as_something_else_is_one_all_the_same() -> None:
    ask = reported(f"{LIST}202401/t20240118_1.html")
    asked = page(ask, text("trs_report.html"), media_type="application/octet-stream")
    assert len(FAMILIES["trs"].report(site("trs"), asked).asks) == 2


def test_a_report_that_is_a_file_has_no_page_to_read() -> None:
    ask = reported(f"{LIST}P020240118.pdf")
    found = FAMILIES["trs"].report(site("trs"), page(ask, "%PDF-1.4", media_type="application/pdf"))
    assert found.hint == Hint() and not found.asks
