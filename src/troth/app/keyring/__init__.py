"""Root secrets: where they come from, what they sign, and how they are changed."""
