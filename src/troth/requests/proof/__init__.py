"""Who asks: how surely they have to show it, what they show, whom they may speak for, and what becomes of it."""
