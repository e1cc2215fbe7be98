"""May this item be used for this purpose? A policy compiled to masks over a person's facts, and the reasons why."""
