"""The web of mock sites itself: it serves what its truth says, knows what has not changed, and logs every request."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import re
import socket
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import yaml

from tests.web import Options, Web, serve

Fetched = tuple[int, Mapping[str, str], bytes]


def fetch(url: str, method: str = "GET", body: str | None = None, **headers: str) -> Fetched:
    """Status, header fields in lower case, body; one request to a connection."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    fields = {name.lower(): value for name, value in answer.getheaders()}
    data = answer.read()
    connection.close()
    return answer.status, fields, data


def patiently(url: str) -> Fetched:
    """As ``fetch``; a host that fails at first is asked again."""
    try:
        found = fetch(url)
    except OSError:
        return fetch(url)
    return fetch(url) if found[0] == 503 else found


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serve(Options(tmp_path_factory.mktemp("web"), slow=0.01)) as served:
        yield served


def test_every_document_is_served_as_the_truth_says(web: Web) -> None:
    assert len(web.truth) == web.expect["reports"] > 50
    for filing in web.truth:
        assert patiently(filing["page"])[0] == 200
        for url, digest in zip(filing["documents"], filing["sha256"], strict=True):
            status, fields, data = patiently(url)
            if fields.get("content-encoding") == "gzip":
                data = gzip.decompress(data)
            assert (status, hashlib.sha256(data).hexdigest()) == (200, digest), url


def test_every_medium_and_family_is_there(web: Web) -> None:
    media = {filing["medium"] for filing in web.truth}
    assert media >= {"html", "pdf", "docx", "doc", "wps", "xls", "xlsx", "ofd", "zip", "images", "scan", "both"}
    families = {host["family"] for host in web.expect["hosts"].values()}
    assert families == {"trs", "jcms", "jcms_annual", "jpaas", "nfcms", "gkmlpt", "vsb", "openness", "ucap", "listing"}


def test_sources_name_addresses_that_answer(web: Web) -> None:
    sources = [yaml.safe_load(path.read_text("utf-8")) for path in web.sources.glob("*.yaml")]
    assert len(sources) == len(web.expect["hosts"]) + len(web.expect["hostile"])
    for source in sources:
        assert (source["kind"], source["private_networks"]) == ("site", ["127.77.0.0/16"])
        if "hostile" not in source["source"]:
            assert {patiently(url)[0] for url in source["listings"]} <= {200, 301}


def _links(url: str, data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "replace").replace("&amp;", "&")
    for found in re.findall(r"""(?:href|src)=["']([^"'#]+)""", text):
        yield urljoin(url, re.sub(r";jsessionid=\w+", "", found))


def test_what_is_listed_leads_to_every_page(web: Web) -> None:
    """For the families whose lists are links; the others answer as tested below."""
    for host, facts in web.expect["hosts"].items():
        if facts["family"] not in ("trs", "vsb", "listing", "openness", "nfcms") or facts["refused"]:
            continue
        lists = [entry["url"] for entry in web.expect["listings"][facts["source"]] if not entry["below"]]
        todo, seen = list(lists), set(lists)
        while todo:
            url = todo.pop()
            if "/rili/" in url or urlsplit(url).hostname != host:
                continue
            status, fields, data = patiently(url)
            if status in (301, 302):
                todo.append(urljoin(url, fields["location"]))
                seen.add(todo[-1])
            elif status == 200:
                new = set(_links(url, data)) - seen
                seen |= new
                todo += new
        missing = [
            filing
            for filing in web.truth
            if filing["source"] == facts["source"] and not {filing["page"], *filing["documents"]} <= seen
        ]
        assert not missing


def _pages(web: Web, source: str) -> set[str]:
    return {urlsplit(filing["page"]).path for filing in web.truth if filing["source"] == source}


def _host(web: Web, source: str) -> str:
    host = next(host for host, facts in web.expect["hosts"].items() if facts["source"] == source)
    return f"http://{host}:{web.port}"


def test_the_proxies_of_jcms_give_every_record(web: Web) -> None:
    fields = "col=1&appid=1&webid=2987&path=/&columnid=1229114055&sourceContentType=1&unitid=5367168"
    proxy = "/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=45&perpage=15"
    got = fetch(f"{_host(web, 'web-jcms-get')}{proxy}&{fields}", Accept_Encoding="identity")[2]
    text = gzip.decompress(got).decode()
    assert _pages(web, "web-jcms-get") <= set(re.findall(r'href="([^"]+)"', text))
    assert f"<totalrecord>{text.count('<record>')}</totalrecord>" in text
    posting = _host(web, "web-jcms-post")
    assert fetch(f"{posting}{proxy}&{fields}")[0] == 405
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert b"<record>" not in fetch(posting + proxy, "POST", fields, **form)[2]


def test_json_lists_give_every_entry(web: Web) -> None:
    sources = {name: yaml.safe_load((web.sources / f"{name}.yaml").read_text("utf-8")) for name in
               ("web-gkmlpt", "web-ucap", "web-jpaas")}  # fmt: skip
    params = sources["web-gkmlpt"]["params"]
    url = f"{_host(web, 'web-gkmlpt')}/gkmlpt/api/all/{params['category']}?page=1&sid={params['sid']}"
    found: dict[str, Any] = json.loads(fetch(url)[2])
    assert found["total"] == found["classify"]["post_count"] == len(found["articles"])
    assert _pages(web, "web-gkmlpt") <= {urlsplit(article["url"]).path for article in found["articles"]}
    assert fetch(url.replace("page=1", "page=0"))[2] == fetch(url)[2] != fetch(url.replace("page=1", "page=2"))[2]
    channel = sources["web-ucap"]["params"]["channel"]
    searched = json.loads(fetch(f"{_host(web, 'web-ucap')}/common/search/{channel}?page=1&_pageSize=50")[2])["data"]
    assert _pages(web, "web-ucap") <= {entry["url"] for entry in searched["results"]}
    params = sources["web-jpaas"]["params"]
    query = f"webId={params['web_id']}&tplSetId={params['tpl_set_id']}&tagId=%E4%BF%A1%E6%81%AF%E5%88%97%E8%A1%A8"
    unit = "/api-gateway/jpaas-publish-server/front/page/build/unit?parseType=bulidstatic&pageType=column"
    answer = json.loads(
        fetch(f"{_host(web, 'web-jpaas')}{unit}&{query}&pageId={params['page_id']}&rows=50&pageNo=1")[2]
    )
    assert _pages(web, "web-jpaas") <= set(re.findall(r'href="([^"]+)"', answer["data"]["html"]))


def test_what_has_not_changed_is_not_sent_again(web: Web) -> None:
    page = next(filing["page"] for filing in web.truth if filing["source"] == "web-trs")
    status, fields, data = fetch(page)
    assert (status, len(data)) == (200, int(fields["content-length"]))
    assert fetch(page, If_None_Match=fields["etag"])[::2] == (304, b"")
    assert fetch(page, If_None_Match='"other"', If_Modified_Since=fields["last-modified"])[0] == 200
    assert fetch(page, If_Modified_Since=fields["last-modified"])[0] == 304
    assert fetch(page, If_Modified_Since="Mon, 01 Jan 2018 00:00:00 GMT")[0] == 200
    head = fetch(page, "HEAD")
    assert (head[0], head[1]["etag"], head[2]) == (200, fields["etag"], b"")
    status, zipped, packed = fetch(page, Accept_Encoding="gzip")
    assert zipped["content-encoding"] == "gzip" and gzip.decompress(packed) == data
    dynamic = next(filing["page"] for filing in web.truth if filing["source"] == "web-annual")
    assert not {"etag", "last-modified"} & set(fetch(dynamic)[1])
    assert fetch(dynamic)[2] == fetch(dynamic)[2]


def test_troubles_are_troubles(web: Web) -> None:
    assert fetch(_host(web, "web-refused") + "/robots.txt")[0] == 500
    assert "Crawl-delay: 2" in fetch(_host(web, "web-polite") + "/robots.txt")[2].decode()
    broken = {problem["kind"]: fetch(problem["url"]) for problem in web.expect["problems"]}
    assert {kind: answer[0] for kind, answer in broken.items() if answer[0] != 200} == {
        "forbidden": 403, "challenge-412": 412, "challenge-521": 521, "login-redirect": 302, "not-found": 404,
        "lost-file": 404,
    }  # fmt: skip
    assert 250 < len(broken["stub"][2]) < 420
    first = next(filing for filing in web.truth if filing["source"] == "web-asp" and filing["medium"] == "html")
    shown = fetch(first["page"])[2]
    assert b"charset=utf-8" in shown and first["agency"] in shown.decode("gb18030")
    hostile = {source: host for host, source in web.expect["hostile_hosts"].items()}
    url = f"http://{hostile['web-hostile-loopback']}:{web.port}/bad/list.shtml"
    assert fetch(url)[1]["location"] == f"http://127.0.0.1:{web.port}/"


def test_every_request_is_logged(web: Web) -> None:
    page = next(filing["page"] for filing in web.truth if filing["source"] == "web-trs")
    etag = fetch(page)[1]["etag"]
    web.forget()
    fetch(page, If_None_Match=etag, Range="bytes=0-9")
    fetch(page + "?a=%E5%B9%B4")
    one, two = web.access()
    parts = urlsplit(page)
    assert (one["host"], one["path"], one["status"], one["conditional"], one["range"], one["bytes"]) == (
        parts.hostname, parts.path, 304, True, "bytes=0-9", 0,
    )  # fmt: skip
    assert (two["path"], two["status"], two["method"]) == (f"{parts.path}?a=%E5%B9%B4", 404, "GET")
    assert one["at"] < two["at"]


def test_the_second_night_is_the_first(tmp_path: Path, web: Web) -> None:
    options = Options(tmp_path, night=2, slow=0.01)
    with serve(options) as second:
        assert [filing["sha256"] for filing in second.truth] == [filing["sha256"] for filing in web.truth]


def test_the_third_night_changes_so_many_documents_and_no_more(tmp_path: Path) -> None:
    options = Options(tmp_path, slow=0.01, changes=9)
    with serve(options) as first:
        filings = first.truth
    with serve(replace(options, night=3, port=first.port)) as third:
        compare(filings, third)


def compare(filings: list[dict[str, Any]], third: Web) -> None:
    before = {(filing["agency"], filing["report_year"]): filing for filing in filings}
    after = {(filing["agency"], filing["report_year"]): filing for filing in third.truth}
    changed = {key for key in after if after[key]["sha256"] != before[key]["sha256"]}
    assert len(changed) == third.expect["changed"] == 9
    assert {key for key in after if after[key]["changed"]} == changed
    moved = {key for key in after if after[key]["page"] != before[key]["page"]}
    assert 0 < len(moved) < 9 and {after[key]["change"] for key in moved} == {"moved"}
    (gone,) = third.expect["gone"]
    assert before.keys() - after.keys() == {(gone["agency"], gone["report_year"])}
    assert patiently(gone["page"])[0] == 404
    assert Counter(filing["change"] for filing in after.values())["attachment"] > 0
    for key in changed:
        for url, digest in zip(after[key]["documents"], after[key]["sha256"], strict=True):
            status, fields, data = patiently(url)
            data = gzip.decompress(data) if fields.get("content-encoding") == "gzip" else data
            assert (status, hashlib.sha256(data).hexdigest()) == (200, digest)


def _first_bytes(web: Web, kind: str, wanted: int) -> bytes:
    """What a hostile host sends first, whether it ends or not."""
    host = {source: host for host, source in web.expect["hostile_hosts"].items()}[f"web-hostile-{kind}"]
    got = b""
    with socket.create_connection((host, web.port), timeout=0.3) as connection, contextlib.suppress(TimeoutError):
        connection.sendall(b"GET /bad/list.shtml HTTP/1.1\r\nHost: x\r\n\r\n")
        while len(got) < wanted and (piece := connection.recv(65536)):
            got += piece
    return got


def test_hostile_hosts_are_hostile(web: Web) -> None:
    mebibyte = 1 << 20
    assert len(_first_bytes(web, "endless", mebibyte)) >= mebibyte
    assert len(large := _first_bytes(web, "large", mebibyte)) >= mebibyte and b"Content-Length: 2147483648" in large
    headers = _first_bytes(web, "headers", mebibyte)
    assert len(headers) >= mebibyte and b"\r\n\r\n" not in headers
    assert len(_first_bytes(web, "loris", 1000).partition(b"\r\n\r\n")[2]) <= 2
    head, _, body = _first_bytes(web, "half", mebibyte).partition(b"\r\n\r\n")
    assert f"Content-Length: {2 * len(body)}".encode() in head and body
    head, _, body = _first_bytes(web, "bomb", 100_000).partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert len(zlib.decompressobj(31).decompress(body)) > 200 * len(body)
