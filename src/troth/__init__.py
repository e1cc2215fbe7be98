"""Troth: a compiler and runtime for privacy policies."""

__version__ = "0.1.0"
