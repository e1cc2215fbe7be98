"""What programs call: plain routes, a key for each program, JSON in and out."""
