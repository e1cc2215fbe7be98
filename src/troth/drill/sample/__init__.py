"""A sample company: an ordinary database filled with invented people, the same ones for the same seed."""
