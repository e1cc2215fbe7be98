"""Who a person is to us: identifiers that find them, the key that their data is sealed with, facts about them."""
