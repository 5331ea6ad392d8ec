"""What every page needs of a request: the build it is answered from, and page and JSON from one model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from dashboard.decisions import refresh
from dashboard.reader import Asked
from dashboard.render import page
from dashboard.settings import Settings

# These take no time to speak of, and each change of threads costs more than they do: hence they are asynchronous.
# What a page asks the warehouse runs in a thread.


async def asked(request: Request) -> AsyncIterator[Asked]:
    """The published build, for the length of the request, with the decisions made since."""
    state = request.app.state
    with state.reader.asking() as found:
        refresh(found.build, state.settings.home)
        yield found


async def settings(request: Request) -> Settings:
    """What the dashboard was told when it started."""
    found: Settings = request.app.state.settings
    return found


AskedNow = Annotated[Asked, Depends(asked)]
SettingsNow = Annotated[Settings, Depends(settings)]


def show(pages: APIRouter, api: APIRouter, path: str, template: str) -> Callable[[Callable[..., Any]], Any]:
    """Declares a page and its JSON: the decorated function gives the model that the template prints (as
    ``data``) and that ``/api`` + path answers with. Its annotation is the answer's schema."""

    def declared(compute: Callable[..., Any]) -> Callable[..., Any]:
        api.get(path)(compute)

        async def html(request: Request, data: Any = Depends(compute)) -> HTMLResponse:  # noqa: B008
            return page(request, template, data=data)

        html.__name__ = f"{compute.__name__}_page"
        pages.get(path, response_class=HTMLResponse)(html)
        return compute

    return declared
