"""Refusals as problems (RFC 9457): which each becomes, how it is spelled."""
