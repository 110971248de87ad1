"""What is read on the professional side."""
