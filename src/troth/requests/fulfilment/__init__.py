"""Carrying a request out in small steps that may be killed anywhere, and the evidence that it was done."""
