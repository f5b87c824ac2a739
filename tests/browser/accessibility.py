"""What axe finds on a page, for the tests of every app."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Words drawn over a shape: axe cannot see the ground behind them. tests/common/test_charts.py measures it instead.
EXPLAINED = {"color-contrast": "text"}


def problems(page: Page) -> list[str]:
    """Every violation, and every doubt of axe's that is not explained above, in words."""
    found: dict[str, Any] = Axe().run(page).response
    violations = [
        f"{rule['id']}: {rule['help']} at {node['target']}" for rule in found["violations"] for node in rule["nodes"]
    ]
    doubts = [
        f"{rule['id']} in doubt at {node['target']}"
        for rule in found["incomplete"]
        for node in rule["nodes"]
        if not (rule["id"] in EXPLAINED and node["html"].startswith(f"<{EXPLAINED[rule['id']]} "))
    ]
    return violations + doubts


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return max(0, int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth")))
