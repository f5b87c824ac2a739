"""Administration of strategies, their plans, metrics, progress, voices, guest links and careers benchmarks."""

from priorities.admin import careers, guests, metrics, plan, progress, strategies, voices

__all__ = ["careers", "guests", "metrics", "plan", "progress", "strategies", "voices"]
