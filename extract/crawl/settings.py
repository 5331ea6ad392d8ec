"""Scrapy's settings: nothing of the library's defaults is taken for granted that concerns manners or bounds."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from scrapy.settings.default_settings import SPIDER_MIDDLEWARES_BASE

from extract.crawl.guard import private_networks
from extract.crawl.site import Site

MAX_BYTES = 128 << 20
"""Of one answer."""

MAX_PAGE_BYTES = 16 << 20
"""Of one answer that says not how long it is and does not begin like a file either."""

TIMEOUT = 60.0
"""Seconds that an answer may take, whole."""

BACKOFF = 5.0
"""Seconds before a first retry."""

TOGETHER = 64
"""Requests under way at a time, over all hosts."""


def user_agent(contact: str | None) -> str:
    """What hosts see of us. ``contact`` is an address or mail where an agency can complain."""
    return (
        f"ogi/{version('ogi')} (government information disclosure annual reports{f'; +{contact}' if contact else ''})"
    )


def settings(
    sites: Iterable[Site], contact: str | None, *, timeout: float = TIMEOUT, backoff: float = BACKOFF
) -> dict[str, Any]:
    """The settings for a crawl of ``sites``."""
    return {
        "BOT_NAME": "ogi",
        "USER_AGENT": user_agent(contact),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/json,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
            "Accept-Encoding": "gzip, deflate",
        },
        "DOWNLOADER_MIDDLEWARES": {
            "extract.crawl.middlewares.Guard": 50,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "extract.crawl.middlewares.Robots": 100,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "extract.crawl.middlewares.Backoff": 550,
            "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "extract.crawl.middlewares.Archive": 610,  # sees what is received before redirects are followed
            "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # it would resolve names itself
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
        },
        # They do nothing here that is wanted: statuses and depths are the round's, and an address that is too long for
        # Scrapy's taste would be dropped without a word.
        "SPIDER_MIDDLEWARES": dict.fromkeys(SPIDER_MIDDLEWARES_BASE),
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(("http", "https"), "extract.crawl.wire.Handler"),
            **dict.fromkeys(("data", "file", "ftp", "s3")),  # the guard lets none of them through either
        },
        "EXTENSIONS": {
            "scrapy.extensions.throttle.AutoThrottle": None,
            "extract.crawl.pace.Throttle": 0,
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
            "scrapy.extensions.spiderstate.SpiderState": None,
        },
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": 0.0,  # every host has its own
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "DOWNLOAD_DELAY": 0.0,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "CONCURRENT_REQUESTS": TOGETHER,
        "CONCURRENT_ITEMS": 1,  # we yield requests only; Scrapy starts as many tasks for every answer
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_TIMEOUT": timeout,
        "DOWNLOAD_MAXSIZE": MAX_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        # Many sites of agencies send an incomplete chain, a certificate of another name or one that is over. What they
        # publish is public and nothing is entrusted to them; so it is fetched all the same, and the certificate noted.
        "DOWNLOAD_VERIFY_CERTIFICATES": False,
        "DNS_RESOLVER": "extract.crawl.resolver.PublicResolver",
        "TWISTED_DNS_RESOLVER": "extract.crawl.resolver.PublicResolver",
        "OGI_PRIVATE_NETWORKS": private_networks(sites),
        "OGI_BACKOFF": backoff,
        "RETRY_TIMES": 2,
        "REDIRECT_MAX_TIMES": 5,
        "HTTPERROR_ALLOW_ALL": True,
        "REFERER_ENABLED": False,
        "COOKIES_ENABLED": True,
        "LOG_LEVEL": "WARNING",
        "MEMUSAGE_ENABLED": False,
    }
