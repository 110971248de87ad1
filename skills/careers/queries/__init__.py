"""What pages of careers read."""
