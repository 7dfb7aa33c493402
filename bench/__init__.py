"""Benchmarks, each beside its yardstick in the same run; never part of the tests. `make bench` runs all."""
