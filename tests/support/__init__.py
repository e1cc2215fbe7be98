"""Real servers and worlds for the tests."""
