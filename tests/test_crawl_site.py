"""Source files of kind site: what is accepted, and what is said of the rest."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extract.crawl import site as module
from extract.crawl.site import DELAY, ListingAddress, SiteError, site_from_mapping

VALID: dict[str, Any] = {
    "source": "my-county", "kind": "site", "family": "trs", "name_zh": "某县", "name_en": "a county",
    "listings": ["https://WWW.example.gov.cn:8443/zwgk/zfxxgknb/"],
}  # fmt: skip


def changed(**more: Any) -> dict[str, Any]:
    return {key: value for key, value in {**VALID, **more}.items() if value is not None}


def test_the_example_of_the_documentation_is_valid() -> None:
    _, _, example = (module.__doc__ or "").partition("::\n")
    data = yaml.safe_load(example)
    found = site_from_mapping(data)
    assert found.listings[1] == ListingAddress("https://www.example.gov.cn/czj/zfxxgknb/", "某县财政局")
    assert (found.agencies, found.years, found.every_item, found.delay) == (
        {"011": "某县教育局"},
        (2019, 2025),
        True,
        3.0,
    )
    assert found.hosts == {"www.example.gov.cn", "static.example.gov.cn"}


def test_what_is_left_out_has_its_usual_value() -> None:
    found = site_from_mapping(VALID)
    assert (found.delay, found.years, found.every_item, found.private_networks) == (DELAY, None, False, ())
    assert found.hosts == {"www.example.gov.cn"}  # lower case, no port


def test_a_short_delay_and_private_networks() -> None:
    found = site_from_mapping(changed(delay=0, private_networks=["127.0.0.0/8", "::1/128"]))
    assert found.delay == 0
    assert found.private_networks == (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed(name_zh=None), "name_zh is lacking"),
        (changed(listings=None), "listings is lacking"),
        (changed(colour="red"), "unknown key colour"),
        (changed(name_en=" "), "must not be empty"),
        (changed(kind="folder"), "must be site"),
        (changed(source="My County"), "lower-case"),
        (changed(family="wordpress"), "none that is known"),
        (changed(family=3), "must be of type str"),
        (changed(every_item="yes"), "every_item must be of type bool"),
        (changed(every_item=1), "every_item must be of type bool"),
        (changed(max_pages=True), "max_pages must be of type int"),
        (changed(max_pages=2.5), "max_pages must be of type int"),
        (changed(max_pages=0), "max_pages: 0 must be from"),
        (changed(max_depth=99), "max_depth: 99 must be from"),
        (changed(delay="3"), "delay must be of type"),
        (changed(delay=601), "delay: 601 must be from"),
        (changed(delay=-1), "delay: -1 must be from"),
        (changed(delay=float("nan")), "delay: nan must be from"),
        (changed(delay=0.5), "only with private_networks"),
        (changed(refetch_days=-1), "refetch_days"),
        (changed(listings=[]), "at least one"),
        (changed(listings="https://www.example.gov.cn/"), "listings must be of type list"),
        (changed(listings=["ftp://www.example.gov.cn/"]), "http or https"),
        (changed(listings=["/zwgk/"]), "http or https"),
        (changed(listings=["https://"]), "http or https"),
        (changed(listings=["https://a b.gov.cn/"]), "http or https"),
        (changed(listings=["https://user@example.gov.cn/"]), "http or https"),
        (changed(listings=["https://example.gov.cn:x/"]), "http or https"),
        (changed(listings=["https://[::1/"]), "http or https"),
        (changed(listings=["https://example.gov.cn/#a"]), "http or https"),
        (changed(listings=[7]), "http or https"),
        (changed(listings=[{"agency": "某局"}]), "must have url"),
        (changed(listings=[{"url": "https://example.gov.cn/", "agency": 3}]), "must have url"),
        (changed(listings=[{"url": "https://example.gov.cn/", "year": 3}]), "must have url"),
        (changed(hosts=["https://example.gov.cn"]), "host's name"),
        (changed(hosts=["example.gov.cn:80"]), "host's name"),
        (changed(hosts=[3]), "host's name"),
        (changed(agencies={11: "某局"}), "quotation marks"),
        (changed(agencies={"11": ""}), "quotation marks"),
        (changed(agencies=["某局"]), "agencies must be of type dict"),
        (changed(params={"sid": 755041}), "quotation marks"),
        (changed(params={"sid": "755041"}), "has no sid"),
        (changed(years=[2019]), "two years"),
        (changed(years=["2019", "2020"]), "two years"),
        (changed(years=[2007, 2020]), "not sensible"),
        (changed(years=[2021, 2020]), "not sensible"),
        (changed(years=[2019, 20250]), "not sensible"),
        (changed(private_networks=["here"]), "must be a network"),
        (changed(private_networks=[8]), "must be a network"),
        (changed(family="jcms_annual"), "needs agencies, years as well"),
        (changed(family="openness", agencies={"6": "某乡"}), "needs years as well"),
        (changed(family="jcms", params={"paging": "head"}), "must be one of post, get, page"),
        (changed(family="ucap"), "params.channel is needed"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(data: dict[str, Any], message: str) -> None:
    with pytest.raises(SiteError, match=message) as caught:
        site_from_mapping(data)
    assert caught.value.zh and not caught.value.zh.isascii() and caught.value.en


@pytest.mark.parametrize(
    "data",
    [
        changed(family="jcms_annual", agencies={"001": "某局"}, years=[2019, 2025]),
        changed(family="gkmlpt", params={"sid": "755041", "category": "9103"}),
        changed(family="ucap", params={"channel": "abc"}),
        changed(family="ucap", listings=["https://www.example.gov.cn/common/search/abc"]),
        changed(hosts=["STATIC.example.gov.cn", "10.0.0.1", "::1"]),
    ],
)
def test_what_families_need(data: dict[str, Any]) -> None:
    assert site_from_mapping(data).family == data["family"]


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just("https://a.gov.cn/")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


@given(st.dictionaries(st.one_of(st.sampled_from(sorted(module._KEYS)), st.text(max_size=5)), VALUES, max_size=4))
def test_whatever_a_file_says_it_is_a_site_or_said_to_be_none(more: dict[str, Any]) -> None:
    try:
        found = site_from_mapping({**VALID, **more})
    except SiteError as error:
        assert error.zh and error.en
    else:
        assert found.listings and found.hosts
