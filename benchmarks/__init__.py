"""Benchmarks: figures beside their goals, each obtained in the run that prints it."""
