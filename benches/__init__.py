"""Measurements: `python -m benches [section ...]`. Nothing is asserted; ratios are reported."""
