"""What a drill of a policy's folder runs on: the folder, its sample company, a sandbox for each promise."""
