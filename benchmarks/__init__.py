"""How fast the portal is, as ratios to an empty signed-in page: python -m benchmarks."""

# The address of that page.
UNIT = "/benchmarks/empty/"
