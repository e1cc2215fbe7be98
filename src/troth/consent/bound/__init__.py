"""Which version of a policy holds for whom."""
