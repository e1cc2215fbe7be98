"""What goes between controllers: packages sent on and received, restored backups, other systems that are told."""
