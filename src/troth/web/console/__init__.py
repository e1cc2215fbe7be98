"""The console: what staff see of requests, versions and the journal."""
