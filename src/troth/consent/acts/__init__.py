"""What can be done with a choice: give, refuse, take back, accept, renew, let run out; one, or many at once."""
