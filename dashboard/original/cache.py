"""What was made from originals lately, kept in memory up to so many bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Values by their keys; what was asked for longest ago goes first. For several threads."""

    def __init__(self, most: int, size: Callable[[Value], int]) -> None:
        self.most, self._size = most, size
        self.held = 0
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Value | None:
        """The value, None where there is none (any more)."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: str, value: Value) -> None:
        """Keeps a value, unless it would take more than half of the room."""
        size = self._size(value)
        with self._lock:
            if (before := self._values.pop(key, None)) is not None:
                self.held -= self._size(before)
            if size > self.most // 2:
                return
            self._values[key] = value
            self.held += size
            while self.held > self.most:
                _, gone = self._values.popitem(last=False)
                self.held -= self._size(gone)
