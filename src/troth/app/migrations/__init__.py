"""How the own database came to its present shape, step by step."""
