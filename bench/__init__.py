"""Measures the service beside a limit, in the same run: machines are noisy, ratios and medians less so."""
