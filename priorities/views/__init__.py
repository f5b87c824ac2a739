"""Pages of strategies, what they aim at, and what was done."""
