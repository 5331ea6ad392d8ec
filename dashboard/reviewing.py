"""Reviewing: signing in with the access token, and decisions on issues.

Whoever knows the token may decide. It is sent once and kept in a cookie that scripts cannot read and other
sites cannot use; programs send it as ``Authorization: Bearer``. Without a token the dashboard is read-only.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Depends, Form, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from dashboard import decisions
from dashboard.render import address, language_of, page
from dashboard.settings import Settings
from dashboard.web import AskedNow, SettingsNow
from transform.contracts import codes
from warehouse.errors import OgiError

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["reviews"])

COOKIE = "ogi_reviewer"
_WEEK = 7 * 24 * 3600
_LONGEST = 2000
"""Characters of a reason."""


def ticket(token: str) -> str:
    """What the cookie holds in the token's place."""
    return hmac.new(token.encode(), b"ogi reviewer", hashlib.sha256).hexdigest()


def is_reviewer(request: Request, settings: Settings) -> bool:
    """Whether the request shows the token, or the cookie that was given for it."""
    if settings.token is None:
        return False
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return hmac.compare_digest(given.strip().encode(), settings.token.encode())
    return hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), ticket(settings.token).encode())


def _from_here(request: Request) -> bool:
    """Whether a browser says that the request comes from a page of this very host; programs say nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def reviewer(request: Request, settings: SettingsNow) -> Settings:
    """Lets reviewers pass. HTTPException 403 where reviewing is off or the request comes from another site, 401
    without the token."""
    if settings.token is None or not _from_here(request):
        raise HTTPException(403)
    if not is_reviewer(request, settings):
        raise HTTPException(401)
    return settings


ReviewerNow = Annotated[Settings, Depends(reviewer)]
IssueId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


class Decision(BaseModel):
    """A decision on an issue; a dismissal needs a reason. ``role`` says in what capacity, never a name."""

    decision: str = Field(json_schema_extra={"enum": list(codes("decision"))})
    reason: str | None = Field(None, max_length=_LONGEST)
    role: str | None = Field(None, max_length=100)


class Recorded(BaseModel):
    """A decision that is on disk."""

    issue_id: str
    decision: str
    reason: str | None
    role: str | None


def _record(asked: Any, settings: Settings, issue_id: str, given: Decision) -> Recorded:
    reason, role = (text.strip() or None if text else None for text in (given.reason, given.role))
    try:
        decisions.decide(asked, settings.home, issue_id, given.decision, reason, role)
    except KeyError:
        raise HTTPException(
            404, {"zh": f"没有编号为 {issue_id} 的问题。", "en": f"There is no issue {issue_id}."}
        ) from None
    except OgiError as error:
        raise HTTPException(422 if error.status == 2 else 503, {"zh": error.zh, "en": error.en}) from error
    return Recorded(issue_id=issue_id, decision=given.decision, reason=reason, role=role)


@api.post(
    "/issues/{issue_id}/decisions",
    status_code=201,
    responses={
        401: {"description": "no access token"},
        403: {"description": "reviewing is off"},
    },
)
def decide(settings: ReviewerNow, asked: AskedNow, issue_id: IssueId, given: Annotated[Decision, Body()]) -> Recorded:
    """Records a decision; when the answer comes, it is on disk."""
    return _record(asked, settings, issue_id, given)


@pages.post("/issues/{issue_id}/decisions")
def decide_page(
    request: Request,
    settings: ReviewerNow,
    asked: AskedNow,
    issue_id: IssueId,
    decision: Annotated[str, Form(max_length=20)],
    filing: Annotated[str, Form(max_length=200)],
    reason: Annotated[str, Form(max_length=_LONGEST)] = "",
    role: Annotated[str, Form(max_length=100)] = "",
) -> RedirectResponse:
    """Records a decision from a filing's page and goes back there."""
    _record(asked, settings, issue_id, Decision(decision=decision, reason=reason, role=role))
    to = address(settings, f"/filings/{filing}", language_of(request))
    return RedirectResponse(f"{to}#issue-{issue_id}", 303)


@pages.get("/reviewing", response_class=HTMLResponse)
def reviewing_page(request: Request, settings: SettingsNow) -> HTMLResponse:
    """Signing in and out."""
    if settings.token is None:
        raise HTTPException(404)
    return page(request, "reviewing.html", wrong=False)


@pages.post("/reviewing", response_model=None)
def sign_in(
    request: Request, settings: SettingsNow, token: Annotated[str, Form(max_length=500)] = ""
) -> HTMLResponse | RedirectResponse:
    """Signs in with the token; without one, signs out."""
    if settings.token is None or not _from_here(request):
        raise HTTPException(403)
    back = address(settings, "/reviewing", language_of(request))
    if not token:
        answer = RedirectResponse(back, 303)
        answer.delete_cookie(COOKIE, path=settings.base_path or "/", httponly=True, samesite="strict")
        return answer
    if not hmac.compare_digest(token.strip().encode(), settings.token.encode()):
        return page(request, "reviewing.html", 401, wrong=True)
    answer = RedirectResponse(back, 303)
    answer.set_cookie(
        COOKIE, ticket(settings.token), max_age=_WEEK, path=settings.base_path or "/", httponly=True,
        samesite="strict", secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer
