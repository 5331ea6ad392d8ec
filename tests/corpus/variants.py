"""Layouts as sets of named departures from the plain one.

A medium's layout is a dataclass; its ``VARIANTS`` say which fields may depart
from their defaults, and to what. The names of the departures stand in a
document's truth, so that failures can be grouped by layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Layout = TypeVar("Layout", bound=DataclassInstance)
else:
    Layout = TypeVar("Layout")

Variants = Mapping[str, tuple[Any, ...]]


def vary(random: Random, layout: Layout, variants: Variants, most: int = 2) -> Layout:
    """``layout`` with up to ``most`` fields set to one of their variants."""
    chosen = random.sample(sorted(variants), random.randint(0, most))
    return replace(layout, **{name: random.choice(variants[name]) for name in chosen})


def names(layout: DataclassInstance, plain: DataclassInstance, variants: Variants) -> tuple[str, ...]:
    """The departures of ``layout`` from the plain one: ``field`` for a flag,
    else ``field=value``."""
    return tuple(name(item, value) for item in variants if (value := getattr(layout, item)) != getattr(plain, item))


def each(plain: Layout, variants: Variants) -> Iterator[tuple[str, Layout]]:
    """Every single departure from ``plain``, with its name."""
    for item, values in variants.items():
        for value in values:
            yield name(item, value), replace(plain, **{item: value})


def name(item: str, value: object) -> str:
    """The name of one departure."""
    return item if value is True or isinstance(value, tuple) else f"{item}={value}"
