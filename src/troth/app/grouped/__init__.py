"""Many callers, one transaction: what comes at the same time is written together."""
