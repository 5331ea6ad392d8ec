from dataclasses import dataclass
@dataclass(frozen=True)
class Label:
    issue: tuple
def inject(world, seed, per_rule):
    return []
