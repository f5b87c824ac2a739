"""A portal as large as England, made by `python -m benchmarks.england make` and measured at several sizes."""
