"""What runs plans: one connector a folder, all behind the same `Store`."""
