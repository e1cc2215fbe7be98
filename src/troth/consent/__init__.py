"""The ledger of choices: what a person was asked, in which words, what they chose, and when they took it back."""
