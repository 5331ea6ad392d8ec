"""One run at a time, and a home that cannot be written is said to be one."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.lock import hold
from warehouse.errors import OgiError
from warehouse.home import Home


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OgiError, match="cannot be written: Not a directory"), hold(Home(tmp_path / "file" / "h"), "x"):
        pass


def test_the_holder_is_named_to_who_comes_second(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with hold(home, "ogi run"), pytest.raises(OgiError, match="ogi run, pid"), hold(home, "ogi run"):
        pass
    with hold(home, "ogi run"):
        pass
