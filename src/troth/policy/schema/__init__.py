"""How a record of the policy language is read from YAML and written back, derived from its type annotations."""
