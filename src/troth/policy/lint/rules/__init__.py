"""One file a rule; the registry in `troth.policy.lint` lists them."""
