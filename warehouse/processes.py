"""Whether the process that made something is still at work."""

from __future__ import annotations

import os


def is_running(process: int) -> bool:
    """Whether a process of that number runs on this machine, anybody's."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
