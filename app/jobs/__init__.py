"""What the service does by itself, again and again, and what each of it is."""
