"""What the pages of learning read."""
