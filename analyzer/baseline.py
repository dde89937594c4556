"""Baselines: the findings that old templates had when the gate was adopted."""
