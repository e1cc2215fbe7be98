"""What people and staff see: the portal and the console, plain HTML forms that work without any script."""
