"""HTTP without any noun of the domain."""
