"""The Data Rights Protocol 1.0 over HTTP, as the covered business; see `docs/how-to/serve-agents.md`."""
